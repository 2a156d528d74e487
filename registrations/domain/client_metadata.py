"""Exports a record as RFC 7591 client metadata in JSON, and imports such a document.

Exports use section 2's names, with Pleo's own as extension members. On import the same members fill the form;
for every other member, the reason why it is not used is returned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registrations.rules import scopes
from registrations.rules.findings import quote
from registrations.rules.metadata import Metadata, value_of
from registrations.rules.record_fields import FIELDS, TYPED_FIELDS, Field, Kind
from registrations.rules.vocabulary import (
    GRANT_TYPES,
    RESPONSE_TYPES,
    TOKEN_ENDPOINT_AUTH_METHOD,
    PkceSupport,
)

MAX_DOCUMENT_BYTES: Final = 64 * 1024
_READ: Final = {
    field.json_member: field for field in FIELDS.values() if field.json_member and field.kind is not Kind.FILE
}
"""The field that each member fills. The logo is not among them: addresses are never fetched."""
_METHOD: Final = "token_endpoint_auth_method"
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    _METHOD: (TOKEN_ENDPOINT_AUTH_METHOD,),
    "grant_types": GRANT_TYPES,
    "response_types": RESPONSE_TYPES,
}
"""Members that have the same value for every client."""
_STANDARD: Final = frozenset(
    {
        "client_name",
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
        "contacts",
        "redirect_uris",
        "scope",
        "software_id",
        "software_version",
    }
)
"""Members that RFC 7591 section 2 defines; they come before our extensions in a document."""

_ISSUED: Final = "Issued by the portal; a value from elsewhere cannot be taken over."
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
    "logo_uri": "Upload the logo instead: addresses are never fetched.",
    "jwks": _KEYS,
    "jwks_uri": _KEYS,
    "software_statement": "Signed statements are not evaluated. Give its members by themselves.",
    "software_id": _NO_FIELD,
    "software_version": _NO_FIELD,
    "pkce_exception_expires_on": "Decided by Pleo when an exception is granted.",
    "subject_type": "OpenID’s `subject_type` is another thing than `subject_type_preference`.",
}
_UNKNOWN: Final = "Unknown member."
_NULL: Final = "It is `null`, which counts as left out."
_ONE_LANGUAGE: Final = "One language only: the member without `#` is used."

_LOGO: Final = "The logo, if you have one: upload it as a file."
_ATTESTATION: Final = "The confirmation that the client secret stays on a server of yours."
_ASK: Final = "A reason for each value that you want Pleo to accept although a rule rejects it."
_SCOPE_REASONS: Final = "Why you need each scope that the form marks sensitive or restricted."
_JUSTIFICATION: Final = (
    "Why PKCE cannot be supported, and what protects the flow instead: the document asks for an exception."
)


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


_TEXT: Final = MemberType("text in quotation marks", str)
_LIST: Final = MemberType('a list of texts, such as `["…"]`', list)
_TYPES: Final[Mapping[str, MemberType]] = {
    **{member: _TEXT for member, field in _READ.items() if field.kind not in (Kind.LINES, Kind.CHOICES)},
    "pkce_support": _TEXT,
    _METHOD: _TEXT,
    "scope": MemberType("one text with a space between the scopes", str),
    **{member: _LIST for member, field in _READ.items() if field.kind is Kind.LINES},
    **dict.fromkeys(("grant_types", "response_types"), _LIST),
    "pkce_required": MemberType("`true` or `false`", bool),
}


class UnreadableDocument(ValueError):  # noqa: N818 - a refused document, not a program error
    """The document cannot be read; ``complaints`` tell the partner why, in plain text."""

    def __init__(self, *complaints: str) -> None:
        super().__init__(*complaints)
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Unused:
    """A member of the document that did not become part of the draft. Its value is not kept:
    it may be a secret."""

    key: str
    reason: str

    @classmethod
    def of(cls, name: str, value: Any) -> Unused | None:
        """Why a member is not used, or not used as it was meant; ``None`` if it is simply used."""
        plain, is_localised, _ = name.partition("#")
        if name in _TYPES:
            reason = _NULL if value is None else _departure(name, value)
        elif is_localised and plain in _TYPES:
            reason = _ONE_LANGUAGE
        else:
            reason = _REASONS.get(name, _UNKNOWN)
        return cls(name, reason) if reason else None

    @property
    def shown(self) -> str:
        """The member's name, safe to show whatever it contains."""
        return quote(self.key)


@dataclass(slots=True)
class Reading:
    """The result of reading a document: the form's values, and what was not used."""

    data: dict[str, Any]
    unused: list[Unused] = field(default_factory=list)

    @property
    def to_do(self) -> list[str]:
        """What no document can hold and is left for the form."""
        is_excepted = self.data["pkce_support"] == PkceSupport.EXCEPTION_REQUESTED
        reasons = [_SCOPE_REASONS] if self.data["scope"] else []
        return [_LOGO, *reasons, *([_JUSTIFICATION] if is_excepted else []), _ATTESTATION, _ASK]


def as_json(
    record: Metadata,
    *,
    client_id: str = "",
    logo_uri: str = "",
    pkce_required: bool = True,
    pkce_exception_expires_on: str = "",
    registration_status: str = "",
) -> dict[str, Any]:
    """The record under the names of RFC 7591 section 2, in a fixed order.

    Empty members are left out, except those for which a server would fill in its own default.
    ``pkce_support`` is written only if it does not follow from ``pkce_required``, and ``registration_status``
    only if the client is suspended or closed: the other members then show what was in force.
    """
    members = {
        field.json_member: value_of(record, field.name) for field in FIELDS.values() if field.json_member
    }
    members |= {"logo_uri": logo_uri, "scope": " ".join(record.scope)}
    environment = members.pop("environment")
    given = {
        "client_id": client_id,
        **{name: value for name, value in members.items() if name in _STANDARD},
        _METHOD: TOKEN_ENDPOINT_AUTH_METHOD,
        "grant_types": GRANT_TYPES,
        "response_types": RESPONSE_TYPES,
        **{name: value for name, value in members.items() if name not in _STANDARD},
        "environment": environment,
    }
    document: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value
    }
    document["pkce_required"] = pkce_required
    if record.pkce_support != _support(pkce_required):
        document["pkce_support"] = record.pkce_support
    if pkce_exception_expires_on:
        document["pkce_exception_expires_on"] = pkce_exception_expires_on
    if registration_status:
        document["registration_status"] = registration_status
    return document


def _support(pkce_required: bool) -> str:
    return (PkceSupport.SUPPORTED if pkce_required else PkceSupport.EXCEPTION_REQUESTED).value


def parse(text: str) -> dict[str, Any]:
    """Parse a document strictly by RFC 8259, allowing each name only once.

    Raises :class:`UnreadableDocument`, whose complaints quote nothing of the document but names.
    """
    if len(text.encode("utf-8", "replace")) > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(f"The document is larger than {MAX_DOCUMENT_BYTES // 1024} KiB.")
    if text.startswith("\ufeff"):
        raise UnreadableDocument(
            "There is an invisible byte order mark at the start. Save the document as UTF-8 without it."
        )
    try:
        document = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number, parse_int=float)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at").removesuffix(" starting")
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableDocument(f"This is not JSON. At {where}: {what}.") from None
    except RecursionError:
        raise UnreadableDocument("The document is nested too deeply.") from None
    if not isinstance(document, dict):
        raise UnreadableDocument("A JSON object is expected: `{` … `}` with the client’s metadata in it.")
    return document


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, value in members:
        if name in document:
            raise UnreadableDocument(f"`{quote(name)}` stands there twice. Leave one of them out.")
        document[name] = value
    return document


def _no_number(name: str) -> object:
    raise UnreadableDocument(f"This is not JSON: `{name}` is not a number that JSON knows.")


def read(document: Mapping[str, Any]) -> Reading:
    """The form's values from a document.

    Raises :class:`UnreadableDocument` with everything that has the wrong type.
    """
    complaints = [
        f"`{name}` has to be {member.expected}."
        for name, member in _TYPES.items()
        if document.get(name) is not None and not member.fits(document[name])
    ]
    if complaints:
        raise UnreadableDocument(*complaints)
    data: dict[str, Any] = {name: FIELDS[name].default for name in TYPED_FIELDS}
    data |= {field.name: _as_typed(field, document.get(member)) for member, field in _READ.items()}
    support = document.get("pkce_support")
    is_required = document.get("pkce_required") is not False
    data["pkce_support"] = _support(is_required) if support is None else support
    data["confidential"] = False
    unused = [each for name, value in document.items() if (each := Unused.of(name, value))]
    return Reading(data, unused)


def _as_typed(field: Field, value: Any) -> Any:
    """The value as the form would hold it; ``value`` is ``None`` if the document leaves the member out."""
    if field.kind is Kind.LINES:
        return list(value or [])
    if field.kind is Kind.CHOICES:
        return value.split(" ") if value else []
    return field.default if value is None else value


def _departure(name: str, value: Any) -> str | None:
    """How the value of a known member differs from what it can be; ``None`` if it does not."""
    if name == "scope":
        found = scopes.check(value, catalogue=value.split(" "))
        is_badly_joined = bool(found) and found[0].rule == "S-03"
        return f"Used as it stands, but: {found[0].message}" if is_badly_joined else None
    fixed = _FIXED.get(name, ())
    values = value if isinstance(value, list) else [value]
    if not fixed or set(values) == set(fixed):
        return None
    everybody = "` and `".join(fixed)
    strange = next((entry for entry in values if entry not in fixed), None)
    if strange is None:
        return f"Every client has `{everybody}`."
    return f"`{quote(strange)}` is not supported: every client has `{everybody}`."
