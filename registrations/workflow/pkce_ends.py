"""Ends of PKCE exceptions in force: revoked, lapsed, superseded, or ended with the client.

Whether an exception applies is judged by its end date on every read; the worker only records the lapse.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, NotFound
from registrations.domain.lifecycle import LIVE_STATUSES, PKCE, PkceStatus, RegistrationStatus
from registrations.events import RegistrationEvent
from registrations.models import PkceException, Registration
from registrations.rules.pkce import next_reminder
from registrations.workflow.batches import book_each
from registrations.workflow.locking import lock, lock_for_pkce
from registrations.workflow.transitions import move
from registrations.workflow.verbs import one_transaction, verb

P = PkceStatus
BATCH: Final = 500
"""Rows that one round of the worker handles."""
_LEAKED: Final = "A client secret was reported leaked."


@verb(
    "pkce.revoke",
    lock=lock_for_pkce,
    statuses=LIVE_STATUSES,
    records_refusals=True,
    about="pkce:{exception_uuid}",
)
def revoke(registration: Registration, exception_uuid: UUID, *, by: User, reason: str) -> PkceException:
    """End an exception before its end date.

    Raises ``Conflict`` where it is not in force (any more) or no reason is given, and ``NotAllowed`` for
    everyone who is not a PKCE approver or belongs to the organisation.
    """
    exception, now = _exception_of(registration, exception_uuid), timezone.now()
    if not exception.runs_on(now.date()):
        raise Conflict("This exception is not in force any more.")
    if not reason.strip():
        raise Conflict("Say why: the partner reads it.")
    moved = _revoke(exception, by=by, reason=reason.strip(), now=now)
    events.record(RegistrationEvent.PKCE_REVOKED, by=by, stream=registration.uuid, objects=[moved])
    return exception


def revoke_after_leak(registration: Registration, *, by: User, now: datetime) -> list[str]:
    """Revoke the exception after a leak: without PKCE, only the secret protected the flow."""
    running = registration.pkce_exceptions.filter(status=P.IN_FORCE)
    return [_revoke(one, by=by, reason=_LEAKED, now=now) for one in running if one.runs_on(now.date())]


def end_in_force(registration: Registration, *, now: datetime, ending: str = "end") -> list[str]:
    """End the exception in force by the move ``ending``; returns the names of the objects that changed.

    One whose last day has passed lapses instead. No email about the lapse is sent then: the verb's own
    email describes the new situation, and the other would ask for something that is done already.
    """
    running = registration.pkce_exceptions.filter(status=P.IN_FORCE)
    return [_leave_force(one, ending if one.runs_on(now.date()) else "lapse", now=now) for one in running]


def _leave_force(exception: PkceException, ending: str, *, now: datetime, **columns: object) -> str:
    """Make the move ``ending`` on an exception in force; returns the name of the object."""
    return move(exception, PKCE, ending, over_since=now, remind_on=None, **columns)


def lapse_due(stopped: Stopped = never) -> int:
    """Record the lapse of every exception whose last day has passed: a job of the worker."""
    over = PkceException.objects.filter(status=P.IN_FORCE, expires_on__lt=timezone.now().date())
    rows = over.order_by("expires_on", "pk").values_list("registration__uuid", "uuid")
    return book_each(_lapse, rows[:BATCH], stopped)


def remind_due(stopped: Stopped = never) -> int:
    """Remind partners of exceptions that end soon: a job of the worker.

    A reminder that falls due while no worker runs goes out late; two that are due go out as one.
    """
    due = PkceException.objects.filter(status=P.IN_FORCE, remind_on__lte=timezone.now().date())
    rows = due.order_by("remind_on", "pk").values_list("registration__uuid", "uuid")
    return book_each(_remind, rows[:BATCH], stopped)


@one_transaction()
def _lapse(registration_uuid: UUID, exception_uuid: UUID) -> int:
    registration = lock(registration_uuid, statuses=frozenset(RegistrationStatus))
    exception, now = _exception_of(registration, exception_uuid), timezone.now()
    if exception.status != P.IN_FORCE or exception.runs_on(now.date()):
        return 0
    moved = _leave_force(exception, "lapse", now=now)
    events.record(RegistrationEvent.PKCE_LAPSED, by=None, stream=registration_uuid, objects=[moved])
    queue.enqueue("pkce_lapsed", exception_id=exception.pk)
    return 1


@one_transaction()
def _remind(registration_uuid: UUID, exception_uuid: UUID) -> int:
    registration = lock(registration_uuid, statuses=frozenset(RegistrationStatus))
    exception, today = _exception_of(registration, exception_uuid), timezone.now().date()
    if exception.remind_on is None or exception.remind_on > today or not exception.runs_on(today):
        return 0
    exception.remind_on = next_reminder(exception.expires_on, after=today) if exception.expires_on else None
    exception.save(update_fields=["remind_on"])
    events.record(
        RegistrationEvent.PKCE_REMINDED, by=None, stream=registration_uuid, objects=[f"pkce:{exception.uuid}"]
    )
    queue.enqueue("pkce_ending", exception_id=exception.pk)
    return 1


def _revoke(exception: PkceException, *, by: User, reason: str, now: datetime) -> str:
    moved = _leave_force(exception, "revoke", now=now, revoked_by=by, revoked_reason=reason)
    queue.enqueue("pkce_revoked", exception_id=exception.pk)
    return moved


def _exception_of(registration: Registration, exception_uuid: UUID) -> PkceException:
    exception = PkceException.objects.filter(registration=registration, uuid=exception_uuid).first()
    if exception is None:
        raise NotFound
    return exception
