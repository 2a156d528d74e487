"""The fields of a client's record, one row each, in the order of the form.

The form, the labels, the draft, the columns, the differences, the re-review and the JSON read this
table. A new field is a row here, an attribute of ``Metadata`` and a column of ``Revision``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from registrations.rules.vocabulary import Environment, PkceSupport


class Section(StrEnum):
    """The parts of the form; the value is the part's fragment in the page's address."""

    BRANDING = "what-people-see"
    TECHNICAL = "how-it-works"
    CONFIDENTIALITY = "keeping-the-secret"


class Kind(StrEnum):
    """What a field holds, which also decides its control in the form."""

    LINE = "line"
    """Text of one line."""
    ADDRESS = "address"
    """The address of a web page that end users open."""
    TEXT = "text"
    """Text of several lines."""
    LINES = "lines"
    """A list, one entry per line."""
    CHOICE = "choice"
    """One of the offered options."""
    CHOICES = "choices"
    """Any number of the offered options."""
    TICK = "tick"
    """Yes or no."""
    FILE = "file"
    """A file: the record holds its digest, and a draft stores it apart from the typed fields."""


class AtOnce(StrEnum):
    """Which changes of a field take effect without a review."""

    REMOVING = "removing"
    """Removing entries from a list, without adding any."""
    ALWAYS = "always"
    SAME_HOST = "same_host"
    """Replacing an address by another one on the same host and port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the record, as the form, the re-review and the JSON use it.

    ``help`` is shown next to the field; text between backticks is code. ``optional`` is rule G-07: the
    governing document's own example leaves these out. ``applies_at_once`` is the field's line in the
    re-review table: without one, every change is reviewed. ``default`` is the value of a field that was left
    unanswered. ``only_with_exception`` fields are empty unless a PKCE exception is requested. ``json_member``
    is the member of an RFC 7591 document that holds the same value, empty if there is none.
    """

    name: str
    label: str
    section: Section
    kind: Kind
    help: str
    optional: bool = False
    applies_at_once: AtOnce | None = None
    default: str = ""
    only_with_exception: bool = False
    json_member: str = ""


_ROWS: Final = (
    Field(
        name="client_name",
        label="Client name",
        section=Section.BRANDING,
        kind=Kind.LINE,
        help="The brand name of your product, for example `Example Client`. Do not add Pleo’s name: write "
        "“Example Client”, not “Example Client for Pleo”.",
        json_member="client_name",
    ),
    Field(
        name="client_uri",
        label="Client URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The home page of your product, or a page about its integration. Starts with `https://`.",
        json_member="client_uri",
    ),
    Field(
        name="logo",
        label="Logo",
        section=Section.BRANDING,
        kind=Kind.FILE,
        help="PNG, JPEG or WebP, up to 1 MiB and 4096 × 4096 pixels. A square picture of 512 × 512 pixels or "
        "more works best; less than 128 × 128 is too small.",
        optional=True,
        json_member="logo_uri",
    ),
    Field(
        name="tos_uri",
        label="Terms of service",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The agreement between you and the people who use your client. They accept it when they "
        "connect. A web page or a PDF.",
        applies_at_once=AtOnce.SAME_HOST,
        json_member="tos_uri",
    ),
    Field(
        name="policy_uri",
        label="Privacy policy",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="How you collect, use, keep and share personal data. A web page or a PDF.",
        applies_at_once=AtOnce.SAME_HOST,
        json_member="policy_uri",
    ),
    Field(
        name="contacts",
        label="Contacts",
        section=Section.BRANDING,
        kind=Kind.LINES,
        help="E-mail addresses of the people responsible for this client, up to 10. A shared "
        "mailbox outlives staff changes. End users do not see them.",
        applies_at_once=AtOnce.ALWAYS,
        json_member="contacts",
    ),
    Field(
        name="initiation_uri",
        label="Initiation URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The page of yours on which people start to connect your product. With it, your product can be "
        "listed in the catalogue of integrations; without it, it cannot. It is not your callback.",
        optional=True,
        json_member="initiation_uri",
    ),
    Field(
        name="configuration_uri",
        label="Configuration URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The page of yours on which people change the settings of the integration, so that it can be "
        "linked to from inside Pleo. Newer Pleo pages call it “Settings URI”.",
        optional=True,
        applies_at_once=AtOnce.SAME_HOST,
        json_member="configuration_uri",
    ),
    Field(
        name="environment",
        label="Environment",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="Begin with staging. Production is a registration and a pair of credentials of its own; the "
        "choice is fixed with the first approval.",
        default=Environment.STAGING.value,
        json_member="environment",
    ),
    Field(
        name="redirect_uris",
        label="Redirect URIs",
        section=Section.TECHNICAL,
        kind=Kind.LINES,
        help="The addresses of your OAuth callback, up to 20. Each is compared character by "
        "character, so register the exact address, its port included. Use `https`; plain `http` works "
        "only for local development on exactly `127.0.0.1` (recommended), `localhost` or `[::1]`, and not "
        "in production. Wildcards such as `https://*.client.example/callback` are not supported: use one "
        "address, and remember in the `state` parameter where the user should end up.",
        applies_at_once=AtOnce.REMOVING,
        json_member="redirect_uris",
    ),
    Field(
        name="scope",
        label="Scopes",
        section=Section.TECHNICAL,
        kind=Kind.CHOICES,
        help="What your client may ask for. Choose only what it needs: people see these, and you can ask for "
        "more later. Scopes that end in `:write` can change records.",
        applies_at_once=AtOnce.REMOVING,
        json_member="scope",
    ),
    Field(
        name="pkce_support",
        label="PKCE support",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="PKCE protects the authorization code on its way. It is required: the method is `S256`, and the "
        "code verifier has 43 to 128 characters of `A–Z a–z 0–9 - . _ ~`. An exception is decided case by "
        "case and ends after 12 months at most.",
        default=PkceSupport.SUPPORTED.value,
    ),
    Field(
        name="pkce_justification",
        label="Why PKCE cannot be supported",
        section=Section.TECHNICAL,
        kind=Kind.TEXT,
        help="Only with a request for an exception: the technical reason, in 20 characters or more. "
        "Questions about it go to whoever submits and to the admins of your organisation.",
        only_with_exception=True,
    ),
    Field(
        name="pkce_controls",
        label="What protects the flow instead",
        section=Section.TECHNICAL,
        kind=Kind.TEXT,
        help="Only with a request for an exception: anything that makes an intercepted code useless.",
        optional=True,
        only_with_exception=True,
    ),
    Field(
        name="subject_type_preference",
        label="Subject type preference",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="The kind of resources your product works with by default. Leave it at “None” if you are not "
        "sure.",
        optional=True,
        json_member="subject_type_preference",
    ),
    Field(
        name="confidential",
        label="The client can keep a secret",
        section=Section.CONFIDENTIALITY,
        kind=Kind.TICK,
        help="The client secret may be stored and used only on a server of yours, from where it cannot "
        "easily be extracted. It must never be in code that runs on a device of an end user (an app on a "
        "phone or desktop, a page in a browser), nor be sent to one. Clients that cannot promise this are "
        "not supported.",
    ),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ROWS}
"""Every field by its name, in the order of the form."""

LABELS: Final[Mapping[str, str]] = {field.name: field.label for field in _ROWS}
WEB_URI_FIELDS: Final = tuple(field.name for field in _ROWS if field.kind is Kind.ADDRESS)
OPTIONAL_FIELDS: Final = frozenset(field.name for field in _ROWS if field.optional)
EXCEPTION_FIELDS: Final = frozenset(field.name for field in _ROWS if field.only_with_exception)
TYPED_FIELDS: Final = tuple(field.name for field in _ROWS if field.kind is not Kind.FILE)
"""The fields that a draft stores as typed: all but the logo, which is a file."""


def place(field: str) -> int:
    """The position of the field in the form."""
    return _PLACES[field]


_PLACES: Final = {name: number for number, name in enumerate(FIELDS)}


class FormSection(NamedTuple):
    """A section of the form, with its fields by name; ``key`` is its fragment in the page's URL."""

    key: str
    title: str
    intro: str
    fields: tuple[str, ...]


def _in_section(section: Section, title: str, intro: str) -> FormSection:
    names = tuple(field.name for field in FIELDS.values() if field.section is section)
    return FormSection(section.value, title, intro, names)


SECTIONS: Final = (
    _in_section(
        Section.BRANDING,
        "What people see",
        "Shown to the people who connect your product, so that they recognise it and can read what they "
        "agree to. Leave Pleo’s name, logo and colours out of all of it.",
    ),
    _in_section(
        Section.TECHNICAL,
        "How it works",
        "Used between your client and the authorization server. Wrong redirect URIs and missing scopes are "
        "the usual reasons why a connection fails.",
    ),
    _in_section(
        Section.CONFIDENTIALITY,
        "Keeping the secret",
        "Only confidential clients are supported. Whoever has the client secret can act as your product.",
    ),
)
