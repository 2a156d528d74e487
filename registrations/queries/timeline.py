"""The timeline that a partner reads: the registration's events, from the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from portal.accounts.models import User
from portal.audit.models import Event, Outcome
from registrations.events import RegistrationEvent
from registrations.models import Registration
from registrations.queries.secret_hints import NamedSecret, SecretHints
from registrations.queries.stops import words_of_staff, written_with

_SHOWN = frozenset(event for event in RegistrationEvent if event.partner)
_DECISIONS = (
    RegistrationEvent.REVISION_APPROVED,
    RegistrationEvent.REVISION_CHANGES_REQUESTED,
    RegistrationEvent.REVISION_REJECTED,
)
_CLOSED = RegistrationEvent.REGISTRATION_CLOSED
_NEWEST = 100


class TimelineEntry(NamedTuple):
    """One entry of the timeline."""

    at: datetime
    text: str
    note: str
    secrets: list[NamedSecret]


def timeline(registration: Registration, *, reader: User) -> list[TimelineEntry]:
    """The newest entries first, with the notes of staff: two statements, one more for secrets and one if
    ever suspended.

    It names nobody: who did something is Pleo, the reader or a colleague of theirs. Of secrets it names
    those that somebody has seen, as the page of credentials does.
    """
    rows = Event.objects.filter(stream=registration.uuid, outcome=Outcome.DONE, verb__in=_SHOWN)
    events = list(rows.order_by("-pk")[:_NEWEST])
    notes = _notes_of_staff(registration, {event.verb for event in events})
    hints = SecretHints(events, revealed_only=True)
    entries = []
    for event in events:
        note = written_with(event, notes)
        if event.verb == _CLOSED and note:
            # Only staff give a reason for it.
            who = "Pleo"
        else:
            who = "You" if event.actor == str(reader.pseudonym) else "A colleague"
        text = RegistrationEvent.named(event.verb).partner.format(who=who, tries=event.detail.get("tries"))
        entries.append(TimelineEntry(event.at, text, note, hints.of(event)))
    return entries


def _notes_of_staff(registration: Registration, verbs: set[str]) -> dict[tuple[str, str], str]:
    """The notes by event and the name of the object, which is empty for the registration itself."""
    notes = words_of_staff(registration, verbs)
    for number, note in registration.revisions.exclude(note="").values_list("number", "note"):
        notes |= {(verb, f"revision:{number}"): note for verb in _DECISIONS}
    return notes
