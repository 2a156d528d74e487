"""The form's three parts, and the help beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.safestring import SafeString

from registrations.forms.markup import code_spans
from registrations.rules.vocabulary import ATTESTATION_FIELDS, HUMAN_FIELDS, TECHNICAL_FIELDS


class Section(NamedTuple):
    """A part of the form: ``key`` is its fragment in the page's address."""

    key: str
    title: str
    intro: str
    fields: tuple[str, ...]


SECTIONS: Final = (
    Section(
        "what-people-see",
        "What people see",
        "Shown to the people who connect your product, so that they recognise it and can read what they "
        "agree to. Leave Pleo’s name, logo and colours out of all of it.",
        HUMAN_FIELDS,
    ),
    Section(
        "how-it-works",
        "How it works",
        "Used between your client and the authorization server. Wrong redirect URIs and missing scopes are "
        "the usual reasons why a connection fails.",
        TECHNICAL_FIELDS,
    ),
    Section(
        "keeping-the-secret",
        "Keeping the secret",
        "Only confidential clients are supported. Whoever has the client secret can act as your product.",
        ATTESTATION_FIELDS,
    ),
)

_TEXTS: Final = {
    "client_name": (
        "The brand name of your product, for example `Example Client`. Do not add Pleo’s name: write "
        "“Example Client”, not “Example Client for Pleo”."
    ),
    "client_uri": ("The home page of your product, or a page about its integration. Starts with `https://`."),
    "logo": (
        "PNG, JPEG or WebP, up to 1 MiB and 4096 × 4096 pixels. A square picture of 512 × 512 pixels or "
        "more works best; less than 128 × 128 is too small."
    ),
    "tos_uri": (
        "The agreement between you and the people who use your client. They accept it when they connect. "
        "A web page or a PDF."
    ),
    "policy_uri": ("How you collect, use, keep and share personal data. A web page or a PDF."),
    "contacts": (
        "E-mail addresses of the people responsible for this client, up to 10. A shared "
        "mailbox outlives staff changes. End users do not see them."
    ),
    "initiation_uri": (
        "The page of yours on which people start to connect your product. With it, your product can be "
        "listed in the catalogue of integrations; without it, it cannot. It is not your callback."
    ),
    "configuration_uri": (
        "The page of yours on which people change the settings of the integration, so that it can be "
        "linked to from inside Pleo. Newer Pleo pages call it “Settings URI”."
    ),
    "environment": (
        "Begin with staging. Production is a registration and a pair of credentials of its own; the "
        "choice is fixed with the first approval."
    ),
    "redirect_uris": (
        "The addresses of your OAuth callback, up to 20. Each is compared character by "
        "character, so register the exact address, its port included. Use `https`; plain `http` works "
        "only for local development on exactly `127.0.0.1` (recommended), `localhost` or `[::1]`, and not "
        "in production. Wildcards such as `https://*.client.example/callback` are not supported: use one "
        "address, and remember in the `state` parameter where the user should end up."
    ),
    "scope": (
        "What your client may ask for. Choose only what it needs: people see these, and you can ask for "
        "more later. Scopes that end in `:write` can change records."
    ),
    "pkce_support": (
        "PKCE protects the authorization code on its way. It is required: the method is `S256`, and the "
        "code verifier has 43 to 128 characters of `A–Z a–z 0–9 - . _ ~`. An exception is decided case by "
        "case and ends after 12 months at most."
    ),
    "pkce_justification": (
        "Only with a request for an exception: the technical reason, in 20 characters or more. "
        "Questions about it go to whoever submits and to the admins of your organisation."
    ),
    "pkce_controls": (
        "Only with a request for an exception: anything that makes an intercepted code useless."
    ),
    "subject_type_preference": (
        "The kind of resources your product works with by default. Leave it at “None” if you are not sure."
    ),
    "confidential": (
        "The client secret may be stored and used only on a server of yours, from where it cannot easily "
        "be extracted. It must never be in code that runs on a device of an end user (an app on a phone "
        "or desktop, a page in a browser), nor be sent to one. Clients that cannot promise this are not "
        "supported."
    ),
}
HELP: Final[Mapping[str, SafeString]] = {name: code_spans(text) for name, text in _TEXTS.items()}
"""By field name; made once, since it is the same on every page."""
HELP_FIXED_ENVIRONMENT: Final = code_spans(
    "Fixed by the first approval, and never changed. For the other environment, start another registration."
)
