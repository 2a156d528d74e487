"""PKCE exceptions: requested with a revision, granted or refused, in force from its approval, and ended.

A grant or refusal can be corrected for as long as the revision is under review.
Whether an exception applies is judged by its end date on every read; the worker only records the lapse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict
from registrations.domain.lifecycle import LIVE_STATUSES, OPEN_STATUSES, PKCE, PkceStatus, RevisionStatus
from registrations.events import RegistrationEvent
from registrations.models import CorrectedDecision, PkceException, Registration, Revision
from registrations.rules.findings import Finding, Severity
from registrations.rules.pkce import end_problem, next_reminder
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow import desk, feed
from registrations.workflow.due_rows import BATCH, run_for_each
from registrations.workflow.locking import lock_for_pkce, read
from registrations.workflow.marks import book_marks
from registrations.workflow.refusals import RulesBroken
from registrations.workflow.transitions import move
from registrations.workflow.verbs import verb

_EVENTS: Final[Mapping[str, tuple[RegistrationEvent, RegistrationEvent]]] = {
    "grant": (RegistrationEvent.PKCE_GRANTED, RegistrationEvent.PKCE_GRANTED_INSTEAD),
    "refuse": (RegistrationEvent.PKCE_REFUSED, RegistrationEvent.PKCE_REFUSED_INSTEAD),
}
"""By decision: what it leaves in the log, and what it leaves there as a correction."""


# --- Requested and decided -----------------------------------------------------------------


def request(revision: Revision, *, renews: bool) -> list[str]:
    """Request the exception that a submitted revision asks for: part of ``drafting.submit``.

    Requests none where the revision repeats the one in force unchanged, unless it ``renews`` that or names
    an end that the partner wishes for. Returns the names of the objects that changed.
    """
    if revision.pkce_support != PkceSupport.EXCEPTION_REQUESTED:
        return []
    wanted = (revision.pkce_justification, revision.pkce_controls)
    asks_anew = renews or revision.pkce_wished_end is not None
    running = revision.registration.pkce_exceptions.running_on(revision.submitted_at.date()).first()
    if running and not asks_anew and (running.justification, running.controls) == wanted:
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
    signed_in_at: datetime | None,
    expires_on: date,
    note: str = "",
    corrects: datetime | None = None,
) -> PkceException:
    """Grant the exception that the seen revision requests, up to and including ``expires_on``.

    ``seen_live`` is the number of the live revision on the page (:func:`desk.require_live_seen`).
    ``corrects`` is when the decision was made that was on the page and is corrected by this one; None where
    there was none. The note is for the desk. ``signed_in_at`` is when the person last proved who they are.

    Raises ``RulesBroken`` where no exception can end on that day, ``NotAllowed``, ``StaleVersion``,
    ``Conflict`` where the decision on the page is no longer the last one, and ``ReauthenticationNeeded``.
    """
    if problem := end_problem(expires_on, today=timezone.now().date()):
        raise RulesBroken([Finding("P-04", Severity.REJECT, "pkce_expires_on", problem)])
    exception = _to_decide(registration, seen_version, seen_live, by=by, corrects=corrects)
    require_recent_sign_in(signed_in_at)
    earlier = _decide(exception, "grant", by=by, note=desk.checked_text(note), expires_on=expires_on)
    if any(one.outcome == PkceStatus.REFUSED for one in earlier):
        queue.enqueue("pkce_granted", exception_id=exception.pk, corrections=len(earlier))
    return exception


@verb(
    lock=lock_for_pkce,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.PKCE_REFUSE,
    about="revision:{seen_version}",
    last=book_marks,
)
def refuse(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_live: int | None = None,
    note: str,
    corrects: datetime | None = None,
) -> PkceException:
    """Refuse the exception; the revision can then be sent back or rejected, but not approved.

    The note is the reason, which the partner reads. ``corrects`` is as in :func:`grant`. Raises what that
    raises, and ``Conflict`` without a reason.
    """
    exception = _to_decide(registration, seen_version, seen_live, by=by, corrects=corrects)
    reason = desk.require_text(note, "Say why the exception is refused. The partner reads it.")
    earlier = _decide(exception, "refuse", by=by, note=reason, expires_on=None)
    queue.enqueue("pkce_refused", exception_id=exception.pk, corrections=len(earlier))
    return exception


def _to_decide(
    registration: Registration,
    seen_version: int,
    seen_live: int | None,
    *,
    by: User,
    corrects: datetime | None,
) -> PkceException:
    """The exception that the seen revision requests, if its last decision is the one that was seen."""
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_live_seen(revision, seen_live)
    exception = PkceException.objects.filter(revision=revision).select_related("decided_by").first()
    if exception is None:
        raise Conflict("No exception is waiting for a decision.")
    if exception.decided_at == corrects:
        return exception
    if exception.decided_by is None:
        raise Conflict("The decision that you correct is not there any more.")
    words = "granted" if exception.status == PkceStatus.GRANTED else "refused"
    raise Conflict(
        f"{exception.decided_by.get_full_name()} has {words} the exception in the meantime. "
        "You can still correct that."
    )


def _decide(
    exception: PkceException, name: str, *, by: User, note: str, expires_on: date | None
) -> list[CorrectedDecision]:
    """Make the decision, or make it again: what was decided first is kept. Returns the earlier decisions."""
    now, was, until = timezone.now(), exception.status, exception.expires_on
    first, corrected = _EVENTS[name]
    detail = {"expires_on": expires_on.isoformat() if expires_on else None}
    is_correction = exception.decided_at is not None
    if is_correction:
        exception.keep_decision(corrected_at=now)
        detail |= {"corrects": was, "corrects_expires_on": until.isoformat() if until else None}
    moved = move(exception, PKCE, name, expires_on=expires_on, decided_at=now, decided_by=by, note=note)
    events.record(
        corrected if is_correction else first,
        by=by,
        stream=exception.registration.uuid,
        objects=[exception.revision.audit_name, moved],
        detail=detail,
    )
    return list(exception.corrected_decisions.all()) if is_correction else []


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


def require_second_person(revision: Revision, *, by: User) -> None:
    """Raise ``Conflict`` where ``by`` granted the exception, if the installation wants two people.

    Part of ``review.approve``. Whoever corrected the decision is the one who granted it.
    """
    granted = PkceException.objects.filter(revision=revision, decided_by=by, status=PkceStatus.GRANTED)
    if settings.PORTAL_PKCE_SECOND_PERSON and granted.exists():
        raise Conflict(
            "You granted its PKCE exception, so somebody else has to approve it. "
            "You can still request changes or reject it."
        )


def require_covered(revision: Revision, *, today: date) -> None:
    """Raise ``Conflict`` where the exception in force does not cover the revision that goes live (rule P-08).

    Part of ``review.approve``, after :func:`settle`: a renewal that was granted covers its own revision.
    """
    running = revision.registration.pkce_exceptions.running_on(today).with_covered().first()
    if running is None or not running.covered.uncovered(revision.uris(), revision.scopes()):
        return
    superseded = revision.registration.revisions.filter(status=RevisionStatus.SUPERSEDED)
    was_live = superseded.order_by("-decided_at", "-number").first()
    if running.covered_beside(was_live).uncovered(revision.uris(), revision.scopes()):
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
    feed.mark(registration)
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
    feed.mark(registration)
    events.record(RegistrationEvent.PKCE_LAPSED, by=None, stream=registration.uuid, objects=[moved])
    queue.enqueue("pkce_lapsed", exception_id=exception.pk)
    book_marks(registration)
    return True
