"""The secrets that events are about, by their hints: the log itself holds only their UUIDs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from portal.audit.models import Event
from portal.paging import parse_uuid
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret

_KIND: Final = "secret:"
_ISSUES: Final = frozenset({RegistrationEvent.SECRET_ROTATED, RegistrationEvent.SECRET_REPLACED})
_NEW_FIRST: Final = _ISSUES | {RegistrationEvent.SECRET_REVEALED, RegistrationEvent.SECRET_LAPSED}


class NamedSecret(NamedTuple):
    """A secret that an event is about: what it was in that event, and its hint."""

    words: str
    hint: str


class SecretHints:
    """The hints of all secrets that some events are about: one statement, none without a secret.

    A name counts only in the stream of its own registration, because a refused attempt can name any.
    """

    def __init__(self, events: Iterable[Event], *, revealed_only: bool = False) -> None:
        named = {uuid for event in events for uuid in _secrets(event)}
        rows = ClientSecret.objects.filter(uuid__in=named)
        if revealed_only:
            rows = rows.filter(revealed_at__isnull=False)
        found = rows.values_list("registration__uuid", "uuid", "hint")
        self._hints = {(stream, uuid): hint for stream, uuid, hint in found}

    def of_object(self, event: Event, name: str) -> str:
        """The hint of the secret with this name in the event; empty for any other object."""
        uuid = _uuid(name)
        return self._hints.get((event.stream, uuid), "") if uuid else ""

    def of(self, event: Event) -> list[NamedSecret]:
        """The secrets of the event, in its order. One that issues or reveals names the new secret first."""
        secrets = list(_secrets(event))
        words = ["the secret"] * len(secrets)
        if event.verb in _NEW_FIRST and (event.verb in _ISSUES or len(secrets) > 1):
            words = ["the new secret", *["the old secret"] * (len(secrets) - 1)]
        hints = [self._hints.get((event.stream, uuid), "") for uuid in secrets]
        return [NamedSecret(*pair) for pair in zip(words, hints, strict=True) if pair[1]]


def _secrets(event: Event) -> Iterable[UUID]:
    return filter(None, map(_uuid, event.moved))


def _uuid(name: object) -> UUID | None:
    text = str(name)
    return parse_uuid(text.removeprefix(_KIND)) if text.startswith(_KIND) else None
