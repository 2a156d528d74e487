"""Reads a document with a client's metadata into the values of the form.

It may be in any of the formats of ``document_formats.py``. The result names each member with what it became,
or why it was not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registrations.domain.client_metadata import pkce_support_for
from registrations.domain.document_formats import METADATA_DOCUMENT, REGISTRATION, Member, opened
from registrations.domain.document_kinds import PASTE_INSTEAD, kind_of, kind_of_text, kind_of_value
from registrations.domain.json_documents import UnreadableDocument, parse
from registrations.domain.secret_members import names_secret
from registrations.rules import scopes
from registrations.rules.findings import quote
from registrations.rules.member_names import RECORD_MEMBERS, similar_name
from registrations.rules.record_fields import FIELDS, LABELS, TYPED_FIELDS, Field, Kind
from registrations.rules.vocabulary import (
    GRANT_TYPES,
    RESPONSE_TYPES,
    TOKEN_ENDPOINT_AUTH_METHOD,
    PkceSupport,
)

_METHOD: Final = "token_endpoint_auth_method"
FIXED_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    _METHOD: (TOKEN_ENDPOINT_AUTH_METHOD,),
    "grant_types": GRANT_TYPES,
    "response_types": RESPONSE_TYPES,
}
"""Members that have the same value for every client."""

_ISSUED: Final = "The portal issues this. A value from elsewhere cannot be used."
_KEYS: Final = f"Clients authenticate with `{TOKEN_ENDPOINT_AUTH_METHOD}`, so there is no place for keys."
_NO_FIELD: Final = "Pleo’s authorization server has no such setting."
_REASONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "client_id",
            "client_secret",
            "client_id_issued_at",
            "client_secret_expires_at",
            "registration_access_token",
            "registration_client_uri",
            "registration_status",
        ),
        _ISSUED,
    ),
    **dict.fromkeys(
        (
            "software_id",
            "software_version",
            "backchannel_logout_uri",
            "default_acr_values",
            "default_max_age",
            "frontchannel_logout_uri",
            "id_token_signed_response_alg",
            "post_logout_redirect_uris",
            "request_uris",
            "require_auth_time",
            "sector_identifier_uri",
            "token_endpoint_auth_signing_alg",
            "userinfo_signed_response_alg",
        ),
        _NO_FIELD,
    ),
    "logo_uri": "Upload the logo instead: addresses are never fetched.",
    "jwks": _KEYS,
    "jwks_uri": _KEYS,
    "software_statement": "Signed statements are not evaluated. Give its members separately.",
    "pkce_exception_expires_on": "Pleo decides this when it grants an exception.",
    "subject_type": "OpenID’s `subject_type` is not the same as `subject_type_preference`.",
    "application_type": "There is nothing to choose: every client of Pleo keeps its secret on a server.",
    "initiate_login_uri": (
        "Another service sends login requests there. It is not the same as `initiation_uri`, a page that "
        "users open to connect your product."
    ),
}
_UNKNOWN: Final = "Unknown member."
_SECRET: Final = "This is a secret. We did not read or store it."  # noqa: S105 - words about secrets
_IDENTIFIER_ADDRESS: Final = (
    "This address identifies your client elsewhere. Pleo issues a client identifier of its own."
)
_NULL: Final = "It is `null`, which counts as left out."
_EMPTY: Final = "It is empty, which counts as left out."
_NOTHING_GIVEN: Final[tuple[Any, ...]] = (None, "", [])
_ONE_LANGUAGE: Final = "One language only: another one is used."
_CHOSEN: Final = "The form has one language, so we used this one."
_ONE_ENTRY: Final = "It is one text, so we read it as a list with one entry."
_JOINED: Final = "It is a list, so we joined it with spaces."

_LOGO: Final = "The logo, if you have one: upload it as a file."
_ATTESTATION: Final = "The confirmation that the client secret stays on your own server."
_ASK: Final = "A reason for each value that a rule rejects and that you want to ask Pleo to accept."
_SCOPE_REASONS: Final = "Why you need each scope that the form marks sensitive or restricted."
_JUSTIFICATION: Final = (
    "Why PKCE cannot be supported, what protects the flow instead, and until when: the document asks for an "
    "exception."
)
_NOTHING: Final = "Nothing in this document fills the form, so we made no draft."
_MOST_COMPLAINTS: Final = 10
"""More members of one document would not be read."""


@dataclass(frozen=True, slots=True)
class MemberType:
    """The JSON type that a member has to have, and its description for the partner."""

    expected: str
    type: type

    def fits(self, value: object) -> bool:
        """Whether the value has the type; a list may hold only texts."""
        if isinstance(value, list):
            return self.type is list and all(isinstance(entry, str) for entry in value)
        return isinstance(value, self.type)

    def as_expected(self, value: object) -> tuple[Any, str]:
        """The value in its type, and how it was read where it came in another one.

        Raises ``ValueError`` where that is not certain.
        """
        if self.fits(value):
            return value, ""
        if self.type is list and isinstance(value, str) and value and not set(value) & set(" \t\r\n,;"):
            return [value], _ONE_ENTRY
        if self is _SCOPE and isinstance(value, list) and value and all(map(_is_word, value)):
            return " ".join(value), _JOINED
        raise ValueError(f"It has to be {self.expected}.")


def _is_word(entry: object) -> bool:
    return isinstance(entry, str) and entry != "" and not any(sign.isspace() for sign in entry)


_TEXT: Final = MemberType("text in quotation marks", str)
_LIST: Final = MemberType('a list of texts, such as `["…"]`', list)
_SCOPE: Final = MemberType("one text with a space between the scopes", str)
_PKCE: Final = {"pkce_support", "pkce_required"}
_TYPES: Final[Mapping[str, MemberType]] = {
    **{
        member: _TEXT
        for member, field in RECORD_MEMBERS.items()
        if field.kind not in (Kind.LINES, Kind.CHOICES)
    },
    "pkce_support": _TEXT,
    _METHOD: _TEXT,
    "scope": _SCOPE,
    **{member: _LIST for member, field in RECORD_MEMBERS.items() if field.kind is Kind.LINES},
    **dict.fromkeys(("grant_types", "response_types"), _LIST),
    "pkce_required": MemberType("`true` or `false`", bool),
}


@dataclass(frozen=True, slots=True)
class Used:
    """A member of the document that became part of the draft.

    It has its path, the field's label, and how its value was changed, if it was.
    """

    key: str
    label: str
    note: str = ""

    @property
    def shown(self) -> str:
        """The member's path, safe to show whatever it contains."""
        return quote(self.key)


@dataclass(frozen=True, slots=True)
class Unused:
    """A member of the document that did not become part of the draft.

    Its value is not kept: it may be a secret. ``can_be_mended`` says that it would be used under another name
    or in another shape.
    """

    key: str
    reason: str
    can_be_mended: bool = False

    @property
    def shown(self) -> str:
        """The member's name, safe to show whatever it contains."""
        return quote(self.key)


@dataclass(slots=True)
class Reading:
    """The result of reading a document: the form's values, and what was and was not used.

    ``others`` are members that only the service whose format the document has can use.
    """

    title: str
    data: dict[str, Any]
    used: list[Used] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether anything of the document is worth a draft: more than an environment or PKCE."""
        return any(self.data[field.name] for field in RECORD_MEMBERS.values() if not field.default)

    @property
    def others_shown(self) -> list[str]:
        return [quote(name) for name in self.others]

    @property
    def to_do(self) -> list[str]:
        """What no document can hold and is left for the form."""
        is_excepted = self.data["pkce_support"] == PkceSupport.EXCEPTION_REQUESTED
        reasons = [_SCOPE_REASONS] if self.data["scope"] else []
        return [_LOGO, *reasons, *([_JUSTIFICATION] if is_excepted else []), _ATTESTATION, _ASK]


def draft_from(text: str) -> Reading:
    """The draft that a pasted document makes.

    Raises :class:`UnreadableDocument` with everything that has to be changed first.
    """
    try:
        document = parse(text)
    except UnreadableDocument as error:
        kind = kind_of_text(text)
        raise UnreadableDocument(kind.says) if kind else error from None
    reading = read(document)
    if reading.is_usable:
        return reading
    mendable = [member for member in reading.unused if member.can_be_mended]
    complaints = [f"`{member.shown}`: {member.reason}" for member in mendable[:_MOST_COMPLAINTS]]
    raise UnreadableDocument(f"{_NOTHING} {PASTE_INSTEAD}", *complaints)


def read(document: Any) -> Reading:
    """The form's values from a document.

    Raises :class:`UnreadableDocument` for a document that is no client's metadata.
    """
    if not isinstance(document, dict):
        raise UnreadableDocument(kind_of_value(document))
    if kind := kind_of(document):
        raise UnreadableDocument(kind.says)
    title, members = opened(document)
    is_foreign = title not in (REGISTRATION, METADATA_DOCUMENT)
    values: dict[str, Any] = {}
    reading = Reading(title, {})
    for member in _one_language(members):
        if member.name in _TYPES:
            _use(member, values, reading)
        elif member.note or not is_foreign:
            reading.unused.append(_unused(member))
        else:
            reading.others.append(member.path)
    required = values.get("pkce_required") is not False
    reading.data |= {name: FIELDS[name].default for name in TYPED_FIELDS} | {"confidential": False}
    reading.data |= {each.name: _as_typed(each, values.get(name)) for name, each in RECORD_MEMBERS.items()}
    reading.data["pkce_support"] = values.get("pkce_support", pkce_support_for(required))
    return reading


def _use(member: Member, values: dict[str, Any], reading: Reading) -> None:
    """Take the member's value, as far as it has the right shape, and note what became of it."""
    name, value, note = member.name, member.value, ""
    try:
        if value is not None:
            value, note = _TYPES[name].as_expected(value)
    except ValueError as error:
        reading.unused.append(Unused(member.path, str(error), can_be_mended=True))
        return
    said = " ".join(filter(None, (member.note, note, _departure(name, value))))
    if name in FIXED_MEMBERS or value in _NOTHING_GIVEN:
        if said:
            reading.unused.append(Unused(member.path, said))
    elif name in values and not isinstance(value, list):
        reading.unused.append(Unused(member.path, "Another member for the same field is used."))
    else:
        field_name = "pkce_support" if name in _PKCE else RECORD_MEMBERS[name].name
        values[name] = list(dict.fromkeys([*values[name], *value])) if name in values else value
        reading.used.append(Used(member.path, LABELS[field_name], said))


def _unused(member: Member) -> Unused:
    """Why a member that fills no field is not used."""
    name = member.name or member.path
    plain, is_tagged, _ = name.partition("#")
    near = similar_name(plain)
    if member.note:
        reason = member.note
    elif name == "client_id" and isinstance(member.value, str) and member.value.startswith("https://"):
        reason = _IDENTIFIER_ADDRESS
    elif is_tagged and plain in _TYPES:
        reason = _ONE_LANGUAGE
    elif names_secret(name):
        reason = _REASONS.get(name, _SECRET)
    elif known := _REASONS.get(plain) or _REASONS.get(near):
        reason = known
    elif near:
        return Unused(member.path, f"This name is not used. The right one is `{near}`.", can_be_mended=True)
    else:
        reason = _UNKNOWN
    return Unused(member.path, reason)


def _one_language(members: list[Member]) -> list[Member]:
    """The members, with one in a language in place of each that is only there in languages: English, or else
    the first."""
    given = {member.name for member in members if member.value is not None}
    chosen: dict[str, Member] = {}
    for member in members:
        plain, is_tagged, language = member.name.partition("#")
        if is_tagged and _TYPES.get(plain) is _TEXT and plain not in given and member.value is not None:
            is_english = language.lower().partition("-")[0] == "en"
            chosen[plain] = member if is_english else chosen.get(plain, member)
    return [
        replace(member, name=member.name.partition("#")[0], note=_CHOSEN)
        if member in chosen.values()
        else member
        for member in members
    ]


def _as_typed(field: Field, value: Any) -> Any:
    """The value as the form would hold it; ``value`` is ``None`` if the document leaves the member out."""
    if field.kind is Kind.LINES:
        return list(value or [])
    if field.kind is Kind.CHOICES:
        return value.split(" ") if value else []
    return field.default if value is None else value


def _departure(name: str, value: Any) -> str | None:
    """How the value of a known member differs from what it can be; ``None`` if it does not."""
    if value is None:
        return _NULL
    if value in _NOTHING_GIVEN and name not in FIXED_MEMBERS:
        return _EMPTY
    if name == "scope":
        found = scopes.check(value, catalogue=value.split(" "))
        is_badly_joined = bool(found) and found[0].rule == "S-03"
        return f"Used unchanged, but: {found[0].message}" if is_badly_joined else None
    fixed = FIXED_MEMBERS.get(name, ())
    values = value if isinstance(value, list) else [value]
    if not fixed or set(values) == set(fixed):
        return None
    everybody = "` and `".join(fixed)
    strange = next((entry for entry in values if entry not in fixed), None)
    if strange is None:
        return f"Every client has `{everybody}`."
    return f"`{quote(strange)}` is not supported: every client has `{everybody}`."
