"""What happened to a registration, told to its partner from the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from portal.accounts.models import User
from portal.audit.models import Event, Outcome
from registrations.models import Registration

_TOLD = {
    "registration.started": "{who} started the registration.",
    "draft.discarded": "{who} discarded the draft.",
    "revision.submitted": "{who} submitted it for review.",
    "revision.applied": "{who} made a change that needed no review. It took effect at once.",
    "revision.withdrawn": "{who} withdrew it from review.",
    "revision.approved": "Pleo approved it.",
    "revision.changes_requested": "Pleo asked for changes.",
    "revision.rejected": "Pleo rejected it.",
    "pkce.granted": "Pleo granted the PKCE exception.",
    "pkce.refused": "Pleo refused the PKCE exception.",
    "secret.revealed": "{who} revealed the client secret.",
    "secret.rotated": "{who} issued a new client secret.",
    "secret.revoked": "{who} revoked the client secret.",
    "secret.lapsed": "Nobody revealed the client secret in time, so it was destroyed.",
}
"""By verb. Staff are never named, and neither are colleagues: the log knows pseudonyms only."""
_DECISIONS = frozenset({"revision.approved", "revision.changes_requested", "revision.rejected"})
_NEWEST = 100


class Told(NamedTuple):
    """One entry of the timeline."""

    at: datetime
    text: str
    note: str


def timeline(registration: Registration, *, reader: User) -> list[Told]:
    """The newest entries first, with the reviewer's notes: two statements."""
    events = Event.objects.filter(stream=registration.uuid, outcome=Outcome.DONE, verb__in=_TOLD)
    notes = dict(registration.revisions.exclude(note="").values_list("number", "note"))
    return list(_told(list(events.order_by("-pk")[:_NEWEST]), reader, notes))


def _told(events: list[Event], reader: User, notes: dict[int, str]) -> Iterator[Told]:
    for event in events:
        who = "You" if event.actor == str(reader.pseudonym) else "A colleague"
        yield Told(event.at, _TOLD[event.verb].format(who=who), _note(event, notes))


def _note(event: Event, notes: dict[int, str]) -> str:
    if event.verb not in _DECISIONS:
        return ""
    numbers = [name.removeprefix("revision:") for name in event.moved if name.startswith("revision:")]
    return notes.get(int(numbers[0]), "") if numbers else ""
