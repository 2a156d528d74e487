"""PKCE exceptions: requested with a revision, granted or refused, in force from its approval, and ended.

Whether an exception applies is judged by its end date on every read; the worker only records the lapse.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict
from registrations.domain.lifecycle import LIVE_STATUSES, OPEN_STATUSES, PKCE, PkceStatus
from registrations.events import RegistrationEvent
from registrations.models import PkceException, Registration, Revision
from registrations.rules.findings import Finding, Severity
from registrations.rules.pkce import next_reminder
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow import desk
from registrations.workflow.due_rows import BATCH, run_for_each
from registrations.workflow.locking import lock_for_pkce, read
from registrations.workflow.marks import book_marks
from registrations.workflow.refusals import RulesBroken
from registrations.workflow.transitions import move
from registrations.workflow.verbs import verb


def latest_end(today: date) -> date:
    """The latest end date of an exception granted today: twelve months ahead (rule P-04)."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year + 1, today.month, day)


# --- Requested and decided -----------------------------------------------------------------


def request(revision: Revision, *, renews: bool) -> list[str]:
    """Request the exception that a submitted revision asks for: part of ``drafting.submit``.

    Requests none where the revision repeats the one in force unchanged, unless it ``renews`` that. Returns
    the names of the objects that changed.
    """
    if revision.pkce_support != PkceSupport.EXCEPTION_REQUESTED:
        return []
    wanted = (revision.pkce_justification, revision.pkce_controls)
    running = revision.registration.pkce_exceptions.running_on(revision.submitted_at.date()).first()
    if running and not renews and (running.justification, running.controls) == wanted:
        return []
    requested = PkceException.objects.create(
        registration=revision.registration,
        revision=revision,
        justification=revision.pkce_justification,
        controls=revision.pkce_controls,
        requested_at=revision.submitted_at,
    )
    return [requested.audit_name]


@verb(
    lock=lock_for_pkce,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.PKCE_GRANT,
    about="revision:{seen_version}",
    last=book_marks,
)
def grant(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_live: int | None = None,
    expires_on: date,
    note: str = "",
) -> PkceException:
    """Grant the exception that the seen revision requests, up to and including ``expires_on``.

    ``seen_live`` is the number of the live revision on the page (:func:`desk.require_live_seen`).

    Raises ``RulesBroken`` where that is not within the next twelve months, ``NotAllowed``,
    ``StaleVersion``, ``Conflict``.
    """
    today = timezone.now().date()
    if not today < expires_on <= latest_end(today):
        message = "Choose an end date after today and at most twelve months away."
        raise RulesBroken([Finding("P-04", Severity.REJECT, "pkce_expires_on", message)])
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_live_seen(revision, seen_live)
    exception = _requested_with(revision)
    decided = {"decided_at": timezone.now(), "decided_by": by, "note": desk.checked_text(note)}
    moved = move(exception, PKCE, "grant", expires_on=expires_on, **decided)
    events.record(
        RegistrationEvent.PKCE_GRANTED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, moved],
        detail={"expires_on": expires_on.isoformat()},
    )
    return exception


@verb(
    lock=lock_for_pkce,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.PKCE_REFUSE,
    about="revision:{seen_version}",
    last=book_marks,
)
def refuse(
    registration: Registration, *, by: User, seen_version: int, seen_live: int | None = None, note: str = ""
) -> PkceException:
    """Refuse the exception; the revision can then be sent back or rejected, but not approved.

    Either of those decisions has to give a reason. Raises what :func:`grant` raises.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_live_seen(revision, seen_live)
    exception = _requested_with(revision)
    decided = {"decided_at": timezone.now(), "decided_by": by, "note": desk.checked_text(note)}
    moved = move(exception, PKCE, "refuse", **decided)
    events.record(
        RegistrationEvent.PKCE_REFUSED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, moved],
        detail={"expires_on": None},
    )
    queue.enqueue("pkce_refused", exception_id=exception.pk)
    return exception


def _requested_with(revision: Revision) -> PkceException:
    exception = PkceException.objects.requested().filter(revision=revision).first()
    if exception is None:
        raise Conflict("No exception is waiting for a decision.")
    return exception


def withdraw_pending(registration: Registration, *, now: datetime) -> list[str]:
    """Withdraw an exception that is requested or granted but not in force, when its revision ends.

    Returns the names of the objects that changed.
    """
    pending = registration.pkce_exceptions.filter(status__in=PKCE.sources("withdraw"))
    return [move(exception, PKCE, "withdraw", over_since=now) for exception in pending]


# --- In force ------------------------------------------------------------------------------


def settle(registration: Registration, revision: Revision, *, now: datetime) -> list[str]:
    """Put the exception of a revision in force at approval, and end one that it replaces or drops.

    Raises ``Conflict`` where its request is undecided or refused, or was granted until a day that has
    passed. Returns the names of the objects that changed.
    """
    requested = PkceException.objects.filter(revision=revision).first()
    if requested is None:
        drops_it = revision.pkce_support == PkceSupport.SUPPORTED
        return end_in_force(registration, now=now) if drops_it else []
    if requested.status != PkceStatus.GRANTED or requested.expires_on is None:
        raise Conflict("Its PKCE exception has to be granted before it can be approved.")
    if requested.expires_on < now.date():
        raise Conflict("The end date of its PKCE exception has passed. Send it back for a new request.")
    moved = end_in_force(registration, now=now, ending="supersede")
    remind_on = next_reminder(requested.expires_on, after=now.date())
    return [*moved, move(requested, PKCE, "take_force", in_force_since=now, remind_on=remind_on)]


def require_covered(revision: Revision, *, today: date) -> None:
    """Raise ``Conflict`` where the exception in force does not cover the revision that goes live (rule P-08).

    Part of ``review.approve``, after :func:`settle`: a renewal that was granted covers its own revision.
    """
    running = revision.registration.pkce_exceptions.running_on(today).with_covered().first()
    if running and running.covered.uncovered(revision.uris(), revision.scopes()):
        raise Conflict(
            "It adds a redirect URI or a scope that the PKCE exception in force does not cover, and requests "
            "no renewal. Request changes or reject it."
        )


def remind_due(stopped: Stopped = never) -> int:
    """Remind partners of exceptions that end soon: a job of the worker.

    A reminder that falls due while no worker runs goes out late; two that are due go out as one.
    """
    due = PkceException.objects.in_force().filter(remind_on__lte=timezone.now().date())
    rows = due.order_by("remind_on", "pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _remind, stopped)


def _remind(registration: Registration, exception_uuid: UUID) -> bool:
    exception, today = read(registration.pkce_exceptions, uuid=exception_uuid), timezone.now().date()
    if exception.remind_on is None or exception.remind_on > today or not exception.runs_on(today):
        return False
    exception.remind_on = next_reminder(exception.expires_on, after=today) if exception.expires_on else None
    exception.save(update_fields=["remind_on"])
    events.record(
        RegistrationEvent.PKCE_REMINDED, by=None, stream=registration.uuid, objects=[exception.audit_name]
    )
    queue.enqueue("pkce_ending", exception_id=exception.pk)
    return True


# --- Ended ---------------------------------------------------------------------------------


@verb(
    lock=lock_for_pkce,
    statuses=LIVE_STATUSES,
    refused=RegistrationEvent.PKCE_REVOKE,
    about="pkce:{exception_uuid}",
    last=book_marks,
)
def revoke(registration: Registration, exception_uuid: UUID, *, by: User, reason: str) -> PkceException:
    """End an exception before its end date.

    Raises ``Conflict`` where it is not in force (any more) or no reason is given, and ``NotAllowed`` for
    everyone who is not a PKCE approver or belongs to the organisation.
    """
    exception, now = read(registration.pkce_exceptions, uuid=exception_uuid), timezone.now()
    if not exception.runs_on(now.date()):
        raise Conflict("This exception is not in force any more.")
    reason = desk.require_text(reason, "Say why. The partner reads it.")
    moved = _revoke(exception, by=by, reason=reason, now=now)
    events.record(RegistrationEvent.PKCE_REVOKED, by=by, stream=registration.uuid, objects=[moved])
    return exception


def revoke_after_leak(registration: Registration, *, by: User, now: datetime) -> list[str]:
    """Revoke the exception after a leak: without PKCE, only the secret protected the flow."""
    running = registration.pkce_exceptions.running_on(now.date())
    return [_revoke(one, by=by, reason="A client secret was reported leaked.", now=now) for one in running]


def _revoke(exception: PkceException, *, by: User, reason: str, now: datetime) -> str:
    revoked = {"over_since": now, "remind_on": None, "revoked_by": by, "revoked_reason": reason}
    moved = move(exception, PKCE, "revoke", **revoked)
    queue.enqueue("pkce_revoked", exception_id=exception.pk)
    return moved


def end_in_force(registration: Registration, *, now: datetime, ending: str = "end") -> list[str]:
    """End the exception in force by the move ``ending``; returns the names of the objects that changed.

    One whose last day has passed lapses instead. No email about the lapse is sent then: the verb's own
    email describes the new situation, and the other would ask for something that is done already.
    """
    moved = []
    for exception in registration.pkce_exceptions.in_force():
        name = ending if exception.runs_on(now.date()) else "lapse"
        moved.append(move(exception, PKCE, name, over_since=now, remind_on=None))
    return moved


def lapse_due(stopped: Stopped = never) -> int:
    """Record the lapse of every exception whose last day has passed: a job of the worker."""
    due = PkceException.objects.in_force().filter(expires_on__lt=timezone.now().date())
    rows = due.order_by("expires_on", "pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _lapse, stopped)


def _lapse(registration: Registration, exception_uuid: UUID) -> bool:
    exception, now = read(registration.pkce_exceptions, uuid=exception_uuid), timezone.now()
    if exception.status != PkceStatus.IN_FORCE or exception.runs_on(now.date()):
        return False
    moved = move(exception, PKCE, "lapse", over_since=now, remind_on=None)
    events.record(RegistrationEvent.PKCE_LAPSED, by=None, stream=registration.uuid, objects=[moved])
    queue.enqueue("pkce_lapsed", exception_id=exception.pk)
    book_marks(registration)
    return True
