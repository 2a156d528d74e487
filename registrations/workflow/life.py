"""Verbs about the client as a whole: suspend, reinstate, close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.models import Draft, Registration, Suspension
from registrations.rules.lifecycle import REGISTRATION, RevisionStatus
from registrations.workflow import desk
from registrations.workflow.claims import attempt, claim_as_partner
from registrations.workflow.pkce import withdraw_pending
from registrations.workflow.pkce_ends import end_in_force
from registrations.workflow.secrets import revoke_all
from registrations.workflow.transitions import decide, move

_SAY_WHY = "Say why: the partner reads it."


def suspend(uuid: UUID, *, by: User, reason: str) -> Suspension:
    """Stop the client for a while, at once.

    Drafting and submitting go on; approving, revealing and rotating do not, revoking does. Raises
    ``Conflict`` where it is not active or no reason is given, and ``NotAllowed`` for everyone who
    is no reviewer or belongs to the organisation.
    """
    with attempt("registration.suspend", by=by, stream=uuid):
        registration = desk.claim_to_suspend(uuid, by=by, statuses=REGISTRATION.sources("suspend"))
        _require(reason)
        now = timezone.now()
        suspension = Suspension.objects.create(
            registration=registration, reason=reason.strip(), suspended_at=now, suspended_by=by
        )
        move(registration, REGISTRATION, "suspend", suspended_at=now)
        _tell("suspended", suspension, by=by)
        return suspension


def reinstate(uuid: UUID, *, by: User, note: str = "") -> Suspension:
    """Let a suspended client go on as it was. Raises ``Conflict`` where it is not suspended."""
    with attempt("registration.reinstate", by=by, stream=uuid):
        registration = desk.claim_to_suspend(uuid, by=by, statuses=REGISTRATION.sources("reinstate"))
        suspension = registration.suspensions.get(lifted_at=None)
        _lift(suspension, by=by, now=timezone.now(), note=note.strip())
        move(registration, REGISTRATION, "reinstate", suspended_at=None)
        _tell("reinstated", suspension, by=by)
        return suspension


@transaction.atomic(durable=True)
def close(uuid: UUID, *, by: User) -> Registration:
    """End the client for good, as its partner.

    Withdraws what is under review, discards the draft, revokes all secrets and ends the PKCE
    exception; the live revision stays on record. Raises ``Conflict`` where it is closed.
    """
    registration = claim_as_partner(uuid, by=by, statuses=REGISTRATION.sources("close"))
    return _close(registration, by=by, reason="")


def close_as_staff(uuid: UUID, *, by: User, reason: str) -> Registration:
    """As :func:`close`, for a reviewer, who has to say why."""
    with attempt("registration.close", by=by, stream=uuid):
        registration = desk.claim_to_suspend(uuid, by=by, statuses=REGISTRATION.sources("close"))
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
    events.record("registration.closed", by=by, stream=registration.uuid, objects=moved)
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


def _tell(past: str, suspension: Suspension, *, by: User) -> None:
    stream = suspension.registration.uuid
    events.record(f"registration.{past}", by=by, stream=stream, objects=[f"suspension:{suspension.pk}"])
    queue.enqueue(past, suspension_id=suspension.pk)


def _require(reason: str) -> None:
    if not reason.strip():
        raise Conflict(_SAY_WHY)
