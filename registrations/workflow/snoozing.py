"""Verbs with which a reviewer puts off a request until a day, for themselves alone.

A snooze hides the request from nobody else, and it is about one revision: the next one is not snoozed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES, RevisionStatus
from registrations.domain.waiting import WaitingOn
from registrations.events import RegistrationEvent
from registrations.models import Registration, Snooze
from registrations.workflow import desk
from registrations.workflow.due_rows import BATCH
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb

MOST_DAYS: Final = 90
"""The most days for which a request can be snoozed."""


def possible_days(today: date) -> tuple[date, date]:
    """The first and the last day until which a request can be snoozed."""
    return today + timedelta(days=1), today + timedelta(days=MOST_DAYS)


def day_problem(until: date, possible: tuple[date, date]) -> str:
    """What is wrong with the day until which a request is to be snoozed; empty for a possible one."""
    first, last = possible
    return "" if first <= until <= last else f"Choose a day from {first:%Y-%m-%d} to {last:%Y-%m-%d}."


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def snooze(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    until: date,
    reason: str,
    waiting_on: WaitingOn,
) -> Snooze:
    """Put off the revision that was seen until a day; a second snooze replaces the first.

    Raises ``StaleVersion`` and ``Conflict`` as every decision does, ``Conflict`` also for a day that is not
    in the future or too far away and without a reason, and ``NotAllowed`` for everyone who may not decide.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    now = timezone.now()
    if problem := day_problem(until, possible_days(now.date())):
        raise Conflict(problem)
    snoozed, _ = Snooze.objects.update_or_create(
        revision=revision,
        person=by,
        defaults={
            "until": until,
            "reason": desk.require_text(reason, "Say why you snooze it."),
            "waiting_on": waiting_on,
            "snoozed_at": now,
        },
    )
    events.record(
        RegistrationEvent.REVISION_SNOOZED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, snoozed.audit_name],
        detail={"until": until.isoformat(), "waiting_on": waiting_on},
    )
    return snoozed


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def wake(registration: Registration, *, by: User) -> None:
    """End one's own snooze of the revision under review, whether or not its day has come.

    Raises ``Conflict`` where there is none, and ``NotAllowed`` for everyone who may not decide on it.
    """
    revision = desk.revision_under_review(registration)
    snoozed = Snooze.objects.filter(revision=revision, person=by).first()
    if snoozed is None:
        raise Conflict("You have not snoozed this request.")
    snoozed.delete()
    events.record(
        RegistrationEvent.REVISION_WOKEN,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, snoozed.audit_name],
    )


def forget_due(_stopped: Stopped = never) -> int:
    """Delete the snoozes that hide nothing any more, and return how many: a job of the worker.

    Those of people who can no longer sign in, and those whose revision was decided: a decision deletes them
    itself, but that of an earlier release did not.
    """
    is_over = ~Q(revision__status=RevisionStatus.UNDER_REVIEW) | Q(person__is_active=False)
    due = Snooze.objects.filter(is_over).order_by("pk").values_list("pk", flat=True)[:BATCH]
    return Snooze.objects.filter(pk__in=list(due)).delete()[0]
