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

    BRANDING = "branding-and-links"
    TECHNICAL = "technical-details"
    CONFIDENTIALITY = "confidentiality"


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
    DATE = "date"
    """A day, written as ``2027-03-31``."""
    FILE = "file"
    """A file: the record holds its digest, and a draft stores it apart from the typed fields."""


class AtOnce(StrEnum):
    """Which changes of a field take effect without a review."""

    REMOVING = "removing"
    """Removing entries from a list, without adding any."""
    ALWAYS = "always"
    SAME_HOST = "same_host"
    """Replacing an address by another one on the same host and port, unless many share that host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the record, as the form, the re-review and the JSON use it.

    ``help`` is one line next to the field, ``more`` is what only some people need; text between backticks is
    code. ``optional`` is rule G-07: the governing document's own example leaves these out.
    ``applies_at_once`` is the field's line in the re-review table: without one, every change is reviewed.
    ``default`` is the value of a field that was left unanswered. ``only_with_exception`` fields are empty
    unless a PKCE exception is requested. ``json_member`` is the member of an RFC 7591 document that holds the
    same value, empty if there is none.
    """

    name: str
    label: str
    section: Section
    kind: Kind
    help: str
    more: str = ""
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
        help="The brand name of your product, for example `Example Client`.",
        more="Do not add Pleo’s name: write “Example Client”, not “Example Client for Pleo”.",
        json_member="client_name",
    ),
    Field(
        name="client_uri",
        label="Client URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The home page of your product. It must start with `https://`.",
        more="A page about the Pleo integration of your product works as well.",
        json_member="client_uri",
    ),
    Field(
        name="logo",
        label="Logo",
        section=Section.BRANDING,
        kind=Kind.FILE,
        help="A square PNG, JPEG or WebP image of at most 1 MiB.",
        more="At least 512 × 512 pixels work best. A PNG or JPEG can have up to 4096 × 4096 pixels, a "
        "WebP up to 2048 × 2048 pixels. An image smaller than 128 × 128 pixels is not accepted.",
        optional=True,
        json_member="logo_uri",
    ),
    Field(
        name="tos_uri",
        label="Terms of service",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The agreement between you and the users of your product: a web page or a PDF.",
        more="Users accept it when they connect. Staging asks for it, too. If your product has no page of "
        "its own yet, give the terms of your company, and change them before real customers connect.",
        applies_at_once=AtOnce.SAME_HOST,
        json_member="tos_uri",
    ),
    Field(
        name="policy_uri",
        label="Privacy policy",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="How you collect, use, store and share personal data: a web page or a PDF.",
        more="Users can read it before they connect. Staging asks for it, too. If your product has no page "
        "of its own yet, give the policy of your company, and change it before real customers connect.",
        applies_at_once=AtOnce.SAME_HOST,
        json_member="policy_uri",
    ),
    Field(
        name="contacts",
        label="Contacts",
        section=Section.BRANDING,
        kind=Kind.LINES,
        help="Email addresses of the people responsible for this client, up to 10.",
        more="Pleo writes there if something about the client needs attention. When you submit, each address "
        "gets a link once, and nothing else before it is confirmed. A shared mailbox is best: people change "
        "jobs. Users do not see these addresses.",
        applies_at_once=AtOnce.ALWAYS,
        json_member="contacts",
    ),
    Field(
        name="initiation_uri",
        label="Initiation URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The page on your site where users start to connect your product.",
        more="Without it, your product cannot be listed in the catalogue of integrations. It is not your "
        "OAuth callback.",
        optional=True,
        json_member="initiation_uri",
    ),
    Field(
        name="configuration_uri",
        label="Configuration URI",
        section=Section.BRANDING,
        kind=Kind.ADDRESS,
        help="The page on your site where users change the settings of the integration.",
        more="Pleo can link to it. Newer Pleo pages call it “Settings URI”.",
        optional=True,
        applies_at_once=AtOnce.SAME_HOST,
        json_member="configuration_uri",
    ),
    Field(
        name="environment",
        label="Environment",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="Production may come first. You cannot change this after the first approval.",
        more="We recommend that you start with staging, but no rule asks for a client there before one in "
        "production. Each needs a registration of its own, with its own credentials. Once a client is live "
        "in staging, a button on its page starts the registration for production with the same answers. The "
        "addresses of the authorization server come with the credentials.",
        default=Environment.STAGING.value,
        json_member="environment",
    ),
    Field(
        name="redirect_uris",
        label="Redirect URIs",
        section=Section.TECHNICAL,
        kind=Kind.LINES,
        help="The exact addresses of your OAuth callback, up to 20. Use `https`.",
        more="Addresses are compared character by character, including the port. Plain `http` works only "
        "for local development on exactly `127.0.0.1` (recommended), `localhost` or `[::1]`, and not in "
        "production. Wildcards such as `https://*.client.example/callback` are not supported: use one "
        "address, and keep track of where to send the user next in the `state` parameter.",
        applies_at_once=AtOnce.REMOVING,
        json_member="redirect_uris",
    ),
    Field(
        name="scope",
        label="Scopes",
        section=Section.TECHNICAL,
        kind=Kind.CHOICES,
        help="Choose only what your client needs: users see this list.",
        more="You can request more later. Scopes that end in `:write` can change records. Pleo decides for "
        "each scope whether it is marked: a marked scope gives more access than others, whether it can "
        "change records or not. For a sensitive scope you say why you need it. For a restricted scope you do "
        "the same, and two people at Pleo review it, which can take longer. A scope without a mark needs no "
        "reason.",
        applies_at_once=AtOnce.REMOVING,
        json_member="scope",
    ),
    Field(
        name="pkce_support",
        label="PKCE support",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="PKCE is required. It protects the authorization code from being intercepted.",
        more="Use the method `S256` and a code verifier of 43 to 128 characters from `A–Z a–z 0–9 - . _ "
        "~`. Pleo decides on exceptions case by case. An exception lasts 12 months at most.",
        default=PkceSupport.SUPPORTED.value,
    ),
    Field(
        name="pkce_justification",
        label="Why can your client not use PKCE?",
        section=Section.TECHNICAL,
        kind=Kind.TEXT,
        help="Give the technical reason, in at least 20 characters.",
        more="Name what prevents it and when that could change, for example a library that cannot send a "
        "code challenge and that you replace next year. If Pleo has questions, it emails the person who "
        "submits and the admins of your organisation.",
        only_with_exception=True,
    ),
    Field(
        name="pkce_controls",
        label="What protects the flow instead?",
        section=Section.TECHNICAL,
        kind=Kind.TEXT,
        help="What stops somebody who has got hold of an authorization code from using it?",
        more="For example a `state` or `nonce` that is bound to the user’s session and checked before your "
        "server exchanges the code.",
        optional=True,
        only_with_exception=True,
    ),
    Field(
        name="pkce_wished_end",
        label="Until when do you need the exception?",
        section=Section.TECHNICAL,
        kind=Kind.DATE,
        help="The last day on which your client cannot use PKCE.",
        more="It can be twelve months away at most. Pleo decides on the end. If you need more time later, "
        "request a renewal then. Without an answer, Pleo chooses the end by your reason.",
        optional=True,
        only_with_exception=True,
    ),
    Field(
        name="subject_type_preference",
        label="Subject type preference",
        section=Section.TECHNICAL,
        kind=Kind.CHOICE,
        help="One company, or an organisation that owns several. If not sure, “None”.",
        more="Pleo gives access for one or for the other. Choose which of them your product works with by "
        "default: this means the customers who connect it, not your own company. It is a preference of your "
        "product and grants nothing. It is not OpenID’s `subject_type`, which says how users are identified.",
        optional=True,
        json_member="subject_type_preference",
    ),
    Field(
        name="confidential",
        label="The client can keep a secret",
        section=Section.CONFIDENTIALITY,
        kind=Kind.TICK,
        help="Store and use the client secret only on your own server.",
        more="There it cannot easily be extracted. It must never be in code that runs on a user’s device, "
        "such as a mobile or desktop app or a page in a browser, and you must never send it to one. "
        "Clients that cannot guarantee this are not supported.",
    ),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ROWS}
"""Every field by its name, in the order of the form."""

LABELS: Final[Mapping[str, str]] = {field.name: field.label for field in _ROWS}
WEB_URI_FIELDS: Final = tuple(field.name for field in _ROWS if field.kind is Kind.ADDRESS)
DATE_FIELDS: Final = frozenset(field.name for field in _ROWS if field.kind is Kind.DATE)
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
        "Branding and links",
        "Users see most of this when they connect your product. It helps them to recognise it and to read "
        "what they agree to. Do not use Pleo’s name, logo or colours.",
    ),
    _in_section(
        Section.TECHNICAL,
        "Technical details",
        "How your client works with the authorization server. Every client uses the authorization code grant "
        "and refresh tokens, and authenticates with its secret. Wrong redirect URIs and missing scopes are "
        "the most common reasons why a connection fails.",
    ),
    _in_section(
        Section.CONFIDENTIALITY,
        "Confidentiality",
        "Only confidential clients are supported: those that can keep a secret. Anyone who has the client "
        "secret can act as your product.",
    ),
)
