"""Verbs of the checklist: tick an item, remove the tick."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations.domain import checklist
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.events import RegistrationEvent
from registrations.models import ChecklistTick, Registration, Revision
from registrations.workflow.desk import revision_seen
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def tick(registration: Registration, *, by: User, seen_version: int, item: str) -> ChecklistTick:
    """Record that one has checked the item and found it in order.

    Raises ``Conflict`` for an item that is not on the checklist of the revision, and for one that was
    ticked in the meantime; ``StaleVersion`` and ``NotAllowed`` as every decision does.
    """
    revision = revision_seen(registration, seen_version, by=by)
    if item not in {one.code for one in checklist.to_tick(revision.metadata())}:
        raise Conflict("The checklist of this revision has no such item.")
    ticked, is_new = ChecklistTick.objects.get_or_create(
        revision=revision, item=item, defaults={"ticked_by": by, "ticked_at": timezone.now()}
    )
    if not is_new:
        raise Conflict("Somebody ticked this in the meantime.")
    events.record(
        RegistrationEvent.CHECKLIST_TICKED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name],
        detail={"item": item},
    )
    return ticked


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def untick(registration: Registration, *, by: User, seen_version: int, item: str) -> None:
    """Remove a tick, whoever made it. Raises ``Conflict`` where there is none."""
    revision = revision_seen(registration, seen_version, by=by)
    gone, _ = revision.ticks.filter(item=item).delete()
    if not gone:
        raise Conflict("Somebody took this tick back in the meantime.")
    events.record(
        RegistrationEvent.CHECKLIST_UNTICKED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name],
        detail={"item": item},
    )


def unticked(revision: Revision) -> list[str]:
    """The codes of the items that nobody has ticked, in the order of the checklist."""
    done = set(revision.ticks.values_list("item", flat=True))
    return [item.code for item in checklist.to_tick(revision.metadata()) if item.code not in done]
