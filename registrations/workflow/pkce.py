"""Verbs that grant and refuse PKCE exceptions, and what other verbs do to exceptions."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES, PKCE, PkceStatus
from registrations.events import RegistrationEvent
from registrations.models import PkceException, Registration, Revision
from registrations.rules.findings import Finding, Severity
from registrations.rules.pkce import next_reminder
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow import desk
from registrations.workflow.errors import RulesBroken
from registrations.workflow.locking import lock_for_pkce
from registrations.workflow.pkce_ends import end_in_force
from registrations.workflow.transitions import move
from registrations.workflow.verbs import verb

P = PkceStatus


def latest_end(today: date) -> date:
    """The latest end date of an exception granted today: twelve months ahead (rule P-04)."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year + 1, today.month, day)


@verb(
    "pkce.grant",
    lock=lock_for_pkce,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def grant(
    registration: Registration, *, by: User, seen_version: int, expires_on: date, note: str = ""
) -> PkceException:
    """Grant the exception that the seen revision requests, up to and including ``expires_on``.

    Raises ``RulesBroken`` where that is not within the next twelve months, ``NotAllowed``,
    ``StaleVersion``, ``Conflict``.
    """
    return _decide(registration, "grant", by=by, seen_version=seen_version, note=note, expires_on=expires_on)


@verb(
    "pkce.refuse",
    lock=lock_for_pkce,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def refuse(registration: Registration, *, by: User, seen_version: int, note: str = "") -> PkceException:
    """Refuse the exception; the revision can then be sent back or rejected, but not approved.

    Either of those decisions has to give a reason. Raises what :func:`grant` raises.
    """
    return _decide(registration, "refuse", by=by, seen_version=seen_version, note=note, expires_on=None)


def _decide(
    registration: Registration,
    decision: str,
    *,
    by: User,
    seen_version: int,
    note: str,
    expires_on: date | None,
) -> PkceException:
    now = timezone.now()
    _check_end(expires_on, today=now.date())
    revision = desk.revision_seen(registration, seen_version, by=by)
    exception = PkceException.objects.filter(revision=revision, status=P.REQUESTED).first()
    if exception is None:
        raise Conflict("No exception is waiting for a decision.")
    decided = {"decided_at": now, "decided_by": by, "note": note.strip(), "expires_on": expires_on}
    moved = move(exception, PKCE, decision, **decided)
    events.record(
        RegistrationEvent.PKCE_GRANTED if decision == "grant" else RegistrationEvent.PKCE_REFUSED,
        by=by,
        stream=registration.uuid,
        objects=[f"revision:{seen_version}", moved],
        detail={"expires_on": expires_on.isoformat() if expires_on else None},
    )
    return exception


def withdraw_pending(registration: Registration, *, now: datetime) -> list[str]:
    """Withdraw an exception that is requested or granted but not in force, when its revision ends.

    Returns the names of the objects that changed.
    """
    pending = registration.pkce_exceptions.filter(status__in=PKCE.sources("withdraw"))
    return [move(exception, PKCE, "withdraw", over_since=now) for exception in pending]


def settle(registration: Registration, revision: Revision, *, now: datetime) -> list[str]:
    """Put the exception of a revision in force at approval, and end one that it replaces or drops.

    Raises ``Conflict`` where its request is undecided or refused, or was granted until a day that has
    passed. Returns the names of the objects that changed.
    """
    asked = PkceException.objects.filter(revision=revision).first()
    if asked is not None and asked.status != P.GRANTED:
        raise Conflict("Its PKCE exception has to be granted before it can be approved.")
    if asked is not None and asked.expires_on is not None and asked.expires_on < now.date():
        raise Conflict("The end date of its PKCE exception has passed. Send it back for a new request.")
    moved: list[str] = []
    if asked is not None or revision.pkce_support == PkceSupport.SUPPORTED:
        moved += end_in_force(registration, now=now, ending="supersede" if asked is not None else "end")
    if asked is not None:
        moved.append(_take_force(asked, now=now))
    return moved


def _take_force(asked: PkceException, *, now: datetime) -> str:
    remind_on = next_reminder(asked.expires_on, after=now.date()) if asked.expires_on else None
    return move(asked, PKCE, "take_force", in_force_since=now, remind_on=remind_on)


def _check_end(expires_on: date | None, *, today: date) -> None:
    if expires_on is None or today < expires_on <= latest_end(today):
        return
    message = "Choose an end date after today and at most twelve months away."
    raise RulesBroken([Finding("P-04", Severity.REJECT, "pkce_expires_on", message)])
