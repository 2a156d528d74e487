"""The timeline that a partner reads: the registration's events, from the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from portal.accounts.models import User
from portal.audit.models import Event, Outcome
from registrations.events import RegistrationEvent
from registrations.models import Registration

_SHOWN = frozenset(event for event in RegistrationEvent if event.partner)
_DECISIONS = (
    RegistrationEvent.REVISION_APPROVED,
    RegistrationEvent.REVISION_CHANGES_REQUESTED,
    RegistrationEvent.REVISION_REJECTED,
)
_SUSPENDED = RegistrationEvent.REGISTRATION_SUSPENDED
_REINSTATED = RegistrationEvent.REGISTRATION_REINSTATED
_CLOSED = RegistrationEvent.REGISTRATION_CLOSED
_NEWEST = 100


class TimelineEntry(NamedTuple):
    """One entry of the timeline."""

    at: datetime
    text: str
    note: str


def timeline(registration: Registration, *, reader: User) -> list[TimelineEntry]:
    """The newest entries first, with the notes of staff: two statements, three if ever suspended."""
    rows = Event.objects.filter(stream=registration.uuid, outcome=Outcome.DONE, verb__in=_SHOWN)
    events = list(rows.order_by("-pk")[:_NEWEST])
    notes = _notes(registration, {event.verb for event in events})
    return list(_entries(events, reader, notes))


Notes = dict[tuple[str, str], str]
"""The notes of staff by event and the name of the object."""


def _notes(registration: Registration, verbs: set[str]) -> Notes:
    notes: Notes = {(_CLOSED, ""): registration.closed_reason}
    for number, note in registration.revisions.exclude(note="").values_list("number", "note"):
        notes |= {(verb, f"revision:{number}"): note for verb in _DECISIONS}
    if _SUSPENDED in verbs:
        for pk, reason, note in registration.suspensions.values_list("pk", "reason", "note"):
            notes |= {(_SUSPENDED, f"suspension:{pk}"): reason, (_REINSTATED, f"suspension:{pk}"): note}
    return notes


def _entries(events: list[Event], reader: User, notes: Notes) -> Iterator[TimelineEntry]:
    for event in events:
        note = _note(event, notes)
        yield TimelineEntry(
            event.at,
            RegistrationEvent.named(event.verb).partner.format(who=_who(event, reader, note)),
            note,
        )


def _who(event: Event, reader: User, note: str) -> str:
    """Who did it, as the reader may know it. A registration closed with a note was closed by staff."""
    if event.verb == _CLOSED and note:
        return "Pleo"
    return "You" if event.actor == str(reader.pseudonym) else "A colleague"


def _note(event: Event, notes: Notes) -> str:
    if event.verb == _CLOSED:
        return notes[_CLOSED, ""]
    return next((notes[event.verb, name] for name in event.moved if (event.verb, name) in notes), "")
