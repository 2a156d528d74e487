"""Verbs about the client as a whole: suspend, reinstate, close."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.domain.lifecycle import REGISTRATION, RevisionStatus
from registrations.events import RegistrationEvent
from registrations.models import Draft, Registration, Suspension
from registrations.workflow.locking import lock_for_partner, lock_to_suspend
from registrations.workflow.pkce import withdraw_pending
from registrations.workflow.pkce_ends import end_in_force
from registrations.workflow.secrets import revoke_all
from registrations.workflow.transitions import decide, move
from registrations.workflow.verbs import verb

_SAY_WHY = "Say why: the partner reads it."


@verb(
    "registration.suspend",
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("suspend"),
    records_refusals=True,
)
def suspend(registration: Registration, *, by: User, reason: str) -> Suspension:
    """Suspend the client at once, until it is reinstated.

    Drafting, submitting and revoking still work; approving, revealing and rotating do not. Raises
    ``Conflict`` where it is not active or no reason is given, and ``NotAllowed`` for everyone who is not
    a reviewer or belongs to the organisation.
    """
    _require(reason)
    now = timezone.now()
    suspension = Suspension.objects.create(
        registration=registration, reason=reason.strip(), suspended_at=now, suspended_by=by
    )
    move(registration, REGISTRATION, "suspend", suspended_at=now)
    _record_and_notify(RegistrationEvent.REGISTRATION_SUSPENDED, suspension, by=by)
    return suspension


@verb(
    "registration.reinstate",
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("reinstate"),
    records_refusals=True,
)
def reinstate(registration: Registration, *, by: User, note: str = "") -> Suspension:
    """Make a suspended client active again. Raises ``Conflict`` where it is not suspended."""
    suspension = registration.suspensions.get(lifted_at=None)
    _lift(suspension, by=by, now=timezone.now(), note=note.strip())
    move(registration, REGISTRATION, "reinstate", suspended_at=None)
    _record_and_notify(RegistrationEvent.REGISTRATION_REINSTATED, suspension, by=by)
    return suspension


@verb(
    "registration.close",
    lock=lock_for_partner,
    statuses=REGISTRATION.sources("close"),
    records_refusals=False,
)
def close(registration: Registration, *, by: User) -> Registration:
    """Close the client for good, as its partner.

    Withdraws the revision under review, discards the draft, revokes all secrets and ends the PKCE
    exception; the live revision stays on record. Raises ``Conflict`` where it is closed already.
    """
    return _close(registration, by=by, reason="")


@verb(
    "registration.close", lock=lock_to_suspend, statuses=REGISTRATION.sources("close"), records_refusals=True
)
def close_as_staff(registration: Registration, *, by: User, reason: str) -> Registration:
    """Close the client as :func:`close` does, for a reviewer, who has to give a reason."""
    _require(reason)
    return _close(registration, by=by, reason=reason.strip())


def _close(registration: Registration, *, by: User, reason: str) -> Registration:
    now = timezone.now()
    moved = [
        *_withdraw_revision(registration, by=by, now=now),
        *_discard_draft(registration),
        *withdraw_pending(registration, now=now),
        *end_in_force(registration, now=now),
        *revoke_all(registration, by=by, now=now),
        *_lift_open(registration, by=by, now=now),
    ]
    move(registration, REGISTRATION, "close", suspended_at=None, closed_at=now, closed_reason=reason)
    events.record(RegistrationEvent.REGISTRATION_CLOSED, by=by, stream=registration.uuid, objects=moved)
    queue.enqueue("closed", registration_id=registration.pk)
    return registration


def _withdraw_revision(registration: Registration, *, by: User, now: datetime) -> list[str]:
    revision = registration.revisions.filter(status=RevisionStatus.UNDER_REVIEW).first()
    return [] if revision is None else [decide(revision, "withdraw", by=by, now=now)]


def _discard_draft(registration: Registration) -> list[str]:
    draft = Draft.objects.filter(registration=registration).first()
    if draft is None:
        return []
    draft.delete()
    return [f"draft:{draft.version}"]


def _lift_open(registration: Registration, *, by: User, now: datetime) -> list[str]:
    suspension = registration.suspensions.filter(lifted_at=None).first()
    return [] if suspension is None else [_lift(suspension, by=by, now=now)]


def _lift(suspension: Suspension, *, by: User, now: datetime, note: str = "") -> str:
    suspension.lifted_at, suspension.lifted_by, suspension.note = now, by, note
    suspension.save(update_fields=["lifted_at", "lifted_by", "note"])
    return f"suspension:{suspension.pk}"


def _record_and_notify(event: RegistrationEvent, suspension: Suspension, *, by: User) -> None:
    stream = suspension.registration.uuid
    events.record(event, by=by, stream=stream, objects=[f"suspension:{suspension.pk}"])
    queue.enqueue(event.deed, suspension_id=suspension.pk)


def _require(reason: str) -> None:
    if not reason.strip():
        raise Conflict(_SAY_WHY)
