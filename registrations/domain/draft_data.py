"""Convert a partner's draft data to the record that the rules check, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registrations.rules import client_names
from registrations.rules.free_text import with_plain_line_ends, written
from registrations.rules.metadata import Metadata, value_of
from registrations.rules.overrides import OverrideRequest
from registrations.rules.record_fields import EXCEPTION_FIELDS, FIELDS, TYPED_FIELDS, Kind
from registrations.rules.vocabulary import PkceSupport

DraftData = Mapping[str, Any]


def metadata_of(data: DraftData, *, logo_digest: str | None) -> Metadata:
    """The record that a draft describes.

    The name is put in its stored form (section 3 of the rules), free texts are trimmed, repeated choices
    dropped, and the fields of a PKCE exception emptied unless one is requested. Everything else stays exactly
    as typed.
    """
    values = {name: value_in(data, name) for name in TYPED_FIELDS}
    values["client_name"] = client_names.normalise(values["client_name"])
    if values["pkce_support"] != PkceSupport.EXCEPTION_REQUESTED:
        values |= dict.fromkeys(EXCEPTION_FIELDS, "")
    given = data.get("scope_reasons")
    given = given if isinstance(given, Mapping) else {}
    reasons = {name: written(text(given, name)) for name in values["scope"]}
    scope_reasons = tuple((name, reason) for name, reason in reasons.items() if reason)
    is_excepted = values["pkce_support"] == PkceSupport.EXCEPTION_REQUESTED
    return Metadata(
        **values,
        logo_digest=logo_digest,
        scope_reasons=scope_reasons,
        pkce_renewal=is_excepted and data.get("pkce_renewal") is True,
    )


def value_in(data: DraftData, name: str) -> Any:
    """One field's value for the record; draft data of an unexpected type counts as empty."""
    kind = FIELDS[name].kind
    if kind is Kind.TICK:
        return data.get(name) is True
    if kind is Kind.LINES:
        return entries(data, name)
    if kind is Kind.CHOICES:
        return tuple(dict.fromkeys(entries(data, name)))
    if kind in (Kind.TEXT, Kind.DATE):
        return written(text(data, name))
    return text(data, name) or FIELDS[name].default


def draft_data_from(record: Metadata) -> dict[str, Any]:
    """The record as draft data, to start a new draft from."""
    values = {name: value_of(record, name) for name in TYPED_FIELDS}
    listed = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    return values | listed | {"scope_reasons": dict(record.scope_reasons)}


def without_exception(data: DraftData) -> dict[str, Any]:
    """The draft data without its request for a PKCE exception."""
    return {**data, **dict.fromkeys(EXCEPTION_FIELDS, ""), "pkce_support": PkceSupport.SUPPORTED.value}


def override_requests_of(data: DraftData) -> list[OverrideRequest]:
    """The override requests in a draft (rule G-06); anything malformed is ignored."""
    stored = data.get("review_asked", [])
    if not isinstance(stored, list):
        return []
    return [request for one in stored if (request := OverrideRequest.read(one))]


def says_the_same(one: DraftData, other: DraftData) -> bool:
    """Whether two drafts hold the same values. How the lines of a text end makes no difference."""
    return bool(_comparable(one) == _comparable(other))


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return with_plain_line_ends(value)
    if isinstance(value, Mapping):
        return {name: _comparable(one) for name, one in value.items()}
    return [_comparable(one) for one in value] if isinstance(value, list) else value


def text(data: DraftData, field: str) -> str:
    """The field's text, empty where something else is stored."""
    value = data.get(field, "")
    return value if isinstance(value, str) else ""


def entries(data: DraftData, field: str) -> tuple[str, ...]:
    """The texts in the field's list, none where something else is stored."""
    value = data.get(field, [])
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()
