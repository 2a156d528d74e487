"""The MACs of the audit log's chain: HMAC-SHA256 with keys that the database does not have.

Each value of PORTAL_AUDIT_KEY gives three keys, so that no MAC of one kind can be taken for another kind.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Final

from django.conf import settings

from portal.audit.models import EventSeal
from portal.audit.rows import Row

NAME_LENGTH: Final = 8


@dataclass(frozen=True)
class Key:
    """The keys that are derived from one value; ``name`` tells it from others and reveals nothing of it."""

    name: str
    event: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    head: bytes = field(repr=False)


def keys() -> list[Key]:
    """The keys of all configured values, newest first: it seals, and the others only verify."""
    return [_derived(value) for value in settings.PORTAL_AUDIT_KEY]


@cache
def _derived(value: str) -> Key:
    name, *derived = (
        hmac.digest(value.encode(), f"portal.audit.{purpose}".encode(), "sha256")
        for purpose in ("name", "event", "seal", "head")
    )
    return Key(name.hex()[:NAME_LENGTH], *derived)


def event_mac(key: Key, form: int, seal: int, position: int, row: Row) -> str:
    """The MAC of an event in its place, so that neither can be exchanged.

    Raises KeyError for a form that is not known.
    """
    return mac(key.event, [form, seal, position, row.pk, *row.of_form(form)])


def begin_seal(key: Key, seal: EventSeal) -> hmac.HMAC:
    """The MAC of a seal, to which :func:`add_link` adds its events in their order."""
    columns = [seal.sequence, seal.follows_id, seal.epoch, _text(seal.at), seal.count, _text(seal.closed_to)]
    made = hmac.new(key.seal, digestmod="sha256")
    made.update(_encoded([*columns, seal.form, seal.key, seal.previous]))
    return made


def add_link(made: hmac.HMAC, position: int, event: int, event_mac: str) -> None:
    """Add to the MAC of a seal that this event has this position and this MAC."""
    made.update(_encoded([position, event, event_mac]))


def mac(key: bytes, values: Sequence[str | int | None]) -> str:
    """The MAC of these values, as 64 hex digits."""
    return hmac.digest(key, _encoded(values), "sha256").hex()


def _encoded(values: Sequence[str | int | None]) -> bytes:
    """The values so that no others look the same; several in a row can be told apart, too."""
    return json.dumps(values).encode()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
