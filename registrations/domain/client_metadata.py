"""Exports a record as RFC 7591 client metadata in JSON.

The names are section 2's, with Pleo's own as extension members. ``document_reading.py`` reads them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from registrations.rules.metadata import Metadata, value_of
from registrations.rules.record_fields import FIELDS
from registrations.rules.vocabulary import (
    GRANT_TYPES,
    RESPONSE_TYPES,
    TOKEN_ENDPOINT_AUTH_METHOD,
    PkceSupport,
)

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


_MEMBERS: Final = tuple(field.json_member for field in FIELDS.values() if field.json_member)
_FIXED: Final = {
    "token_endpoint_auth_method": TOKEN_ENDPOINT_AUTH_METHOD,
    "grant_types": list(GRANT_TYPES),
    "response_types": list(RESPONSE_TYPES),
}
"""What every client has."""
_ORDER: Final = (
    "client_id",
    *(name for name in _MEMBERS if name in _STANDARD),
    *_FIXED,
    *(name for name in _MEMBERS if name not in _STANDARD and name != "environment"),
    "environment",
)


def in_order(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a record under their names in JSON, and what every client has, in a fixed order.

    Empty members are left out, except those for which a server would fill in its own default.
    """
    given = {**members, **_FIXED}
    return {name: value for name in _ORDER if (value := given.get(name))}


def as_json(
    record: Metadata,
    *,
    client_id: str = "",
    logo_uri: str = "",
    pkce_required: bool = True,
    pkce_exception_expires_on: str = "",
    registration_status: str = "",
) -> dict[str, Any]:
    """The record under the names of RFC 7591 section 2, as :func:`in_order` says.

    ``pkce_support`` is written only if it does not follow from ``pkce_required``, and ``registration_status``
    only if the client is suspended or closed: the other members then show what was in force.
    """
    values = {field.json_member: value_of(record, field.name) for field in FIELDS.values()}
    lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    own = {"client_id": client_id, "logo_uri": logo_uri, "scope": " ".join(record.scope)}
    document = in_order({**values, **lists, **own})
    document["pkce_required"] = pkce_required
    if record.pkce_support != pkce_support_for(pkce_required):
        document["pkce_support"] = record.pkce_support
    if pkce_exception_expires_on:
        document["pkce_exception_expires_on"] = pkce_exception_expires_on
    if registration_status:
        document["registration_status"] = registration_status
    return document


def pkce_support_for(pkce_required: bool) -> str:
    """The PKCE support of a client that has to use PKCE, or has not."""
    return (PkceSupport.SUPPORTED if pkce_required else PkceSupport.EXCEPTION_REQUESTED).value
