"""An audit log with a chain of seals, and what its verification finds."""

import uuid
from datetime import timedelta
from itertools import count

from django.utils import timezone

from portal.audit.models import Event, EventSeal
from portal.audit.seals import seal_due
from portal.audit.verification import Verification

_numbers = count()


def event(at, verb="revision.submitted"):
    """One that is not stored yet. All of its columns differ from those of others."""
    number = next(_numbers)
    return Event(
        at=at,
        verb=verb,
        outcome="done",
        actor=str(uuid.uuid4()),
        stream=uuid.uuid4(),
        moved=[f"revision:{number}"],
        detail={"number": number, "text": "Ærø’s \\ \"quoted\" 'text'", "share": number + 0.5},
    )


def sealed_log(seals=6, each=4):
    """The first seal is of three hours ago, and what it seals is half a minute apart."""
    since = timezone.now() - timedelta(hours=3)
    for number in range(seals):
        first = since + timedelta(minutes=2 * number)
        Event.objects.bulk_create([event(first + timedelta(seconds=30 * place)) for place in range(each)])
        assert seal_due() == each
    return EventSeal.objects.newest()


def seal_all():
    """Let the worker's job run until nothing is left to be sealed; how many events it sealed."""
    sealed = 0
    while done := seal_due():
        sealed += done
    return sealed


def faults(head=None):
    """All faults as ``(kind, place)``."""
    return [(str(fault.kind), fault.place) for fault in Verification(head).faults()]
