"""Verbs of the checklist: tick an item, remove the tick; and the ticks that come with a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations.domain import checklist
from registrations.domain.checklist import Item
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.events import RegistrationEvent
from registrations.models import ChecklistTick, PkceException, Registration, Revision
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow.desk import revision_seen
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb

_NO_SUCH_ITEM = "The checklist of this revision has no such item."


class Ticks(NamedTuple):
    """The codes of the items that were ticked when the page was loaded, and when it was sent."""

    were: frozenset[str]
    now: frozenset[str]


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def tick(registration: Registration, *, by: User, seen_version: int, item: str) -> ChecklistTick:
    """Record that one has checked the item and found it in order.

    Raises ``Conflict`` for an item that is not on the checklist of the revision, and for one that was
    ticked in the meantime; ``StaleVersion`` and ``NotAllowed`` as every decision does.
    """
    revision = revision_seen(registration, seen_version, by=by)
    meant = next((one for one in items_of(revision) if one.code == item), None)
    if meant is None:
        raise Conflict(_NO_SUCH_ITEM)
    if standing_ticks(revision, [meant]):
        raise Conflict("Somebody ticked this in the meantime.")
    return _tick(revision, meant, by=by)


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def untick(registration: Registration, *, by: User, seen_version: int, item: str) -> None:
    """Remove a tick, whoever made it and on whichever revision. Raises ``Conflict`` where there is none."""
    revision = revision_seen(registration, seen_version, by=by)
    ticks = standing_ticks(revision, [one for one in items_of(revision) if one.code == item])
    if not ticks:
        raise Conflict("Somebody took this tick back in the meantime.")
    _untick(revision, item, ticks, by=by)


def take_ticks(revision: Revision, ticks: Ticks | None, *, by: User) -> None:
    """Make the ticks stand as they were on the page that was sent, as part of a decision.

    What a colleague ticked meanwhile stays. Without ``ticks``, the page said nothing about them. Raises
    ``Conflict`` for an item that is not on the checklist of the revision.
    """
    if ticks is None:
        return
    items = {item.code: item for item in items_of(revision)}
    if not ticks.now <= items.keys():
        raise Conflict(_NO_SUCH_ITEM)
    valid = standing_ticks(revision, list(items.values()))
    for code in sorted(ticks.now - {tick.item for tick in valid}):
        _tick(revision, items[code], by=by)
    for code in sorted(ticks.were - ticks.now):
        made = [tick for tick in valid if tick.item == code]
        if made:
            _untick(revision, code, made, by=by)


def unticked(revision: Revision) -> list[str]:
    """The codes of the items that nobody has ticked, in the order of the checklist."""
    items = items_of(revision)
    done = {tick.item for tick in standing_ticks(revision, items)}
    return [item.code for item in items if item.code not in done]


def items_of(revision: Revision) -> list[Item]:
    """The items of the revision that a person ticks."""
    record = revision.metadata()
    is_excepted = record.pkce_support == PkceSupport.EXCEPTION_REQUESTED
    requests = is_excepted and PkceException.objects.filter(revision=revision).exists()
    return checklist.to_tick(record, requests_exception=requests)


def standing_ticks(revision: Revision, items: Sequence[Item]) -> list[ChecklistTick]:
    """The ticks that count for these items of the revision, made on it or on another with the same values."""
    made = ChecklistTick.objects.filter(revision__registration=revision.registration_id)
    return [tick for tick in made if any(tick.counts_for(revision, item) for item in items)]


def _tick(revision: Revision, item: Item, *, by: User) -> ChecklistTick:
    ticked = ChecklistTick.objects.create(
        revision=revision, item=item.code, about=sorted(item.about), ticked_by=by, ticked_at=timezone.now()
    )
    _record(RegistrationEvent.CHECKLIST_TICKED, revision, item.code, by=by)
    return ticked


def _untick(revision: Revision, item: str, ticks: Sequence[ChecklistTick], *, by: User) -> None:
    ChecklistTick.objects.filter(pk__in=[tick.pk for tick in ticks]).delete()
    _record(RegistrationEvent.CHECKLIST_UNTICKED, revision, item, by=by)


def _record(event: RegistrationEvent, revision: Revision, item: str, *, by: User) -> None:
    events.record(
        event,
        by=by,
        stream=revision.registration.uuid,
        objects=[revision.audit_name],
        detail={"item": item},
    )
