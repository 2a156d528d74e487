"""Verbs about the client as a whole: suspend, reinstate, close."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from registrations.domain.lifecycle import REGISTRATION
from registrations.events import RegistrationEvent
from registrations.models import Draft, Registration, Suspension
from registrations.workflow.desk import checked_text, require_text
from registrations.workflow.locking import lock_for_partner, lock_to_suspend
from registrations.workflow.pkce import end_in_force, withdraw_pending
from registrations.workflow.secrets import revoke_all
from registrations.workflow.transitions import decide, move
from registrations.workflow.verbs import verb

_SAY_WHY = "Say why. The partner reads it."


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("suspend"),
    refused=RegistrationEvent.REGISTRATION_SUSPEND,
)
def suspend(registration: Registration, *, by: User, reason: str) -> Suspension:
    """Suspend the client at once, until it is reinstated.

    Drafting, submitting and revoking still work; approving, revealing and rotating do not. Raises
    ``Conflict`` where it is not active or no reason is given, and ``NotAllowed`` for everyone who is not
    a reviewer or belongs to the organisation.
    """
    reason, now = require_text(reason, _SAY_WHY), timezone.now()
    suspension = Suspension.objects.create(
        registration=registration, reason=reason, suspended_at=now, suspended_by=by
    )
    move(registration, REGISTRATION, "suspend", suspended_at=now)
    events.record(
        RegistrationEvent.REGISTRATION_SUSPENDED,
        by=by,
        stream=registration.uuid,
        objects=[suspension.audit_name],
    )
    queue.enqueue("suspended", suspension_id=suspension.pk)
    return suspension


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("reinstate"),
    refused=RegistrationEvent.REGISTRATION_REINSTATE,
)
def reinstate(registration: Registration, *, by: User, note: str = "") -> Suspension:
    """Make a suspended client active again. Raises ``Conflict`` where it is not suspended."""
    suspension = registration.suspensions.in_force().get()
    lifted = _lift(suspension, by=by, now=timezone.now(), note=checked_text(note))
    move(registration, REGISTRATION, "reinstate", suspended_at=None)
    events.record(
        RegistrationEvent.REGISTRATION_REINSTATED, by=by, stream=registration.uuid, objects=[lifted]
    )
    queue.enqueue("reinstated", suspension_id=suspension.pk)
    return suspension


@verb(lock=lock_for_partner, statuses=REGISTRATION.sources("close"))
def close(registration: Registration, *, by: User) -> Registration:
    """Close the client for good, as its partner.

    Withdraws the revision under review, discards the draft, revokes all secrets and ends the PKCE
    exception; the live revision stays on record. Raises ``Conflict`` where it is closed already.
    """
    return _close(registration, by=by, reason="")


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("close"),
    refused=RegistrationEvent.REGISTRATION_CLOSE,
)
def close_as_staff(registration: Registration, *, by: User, reason: str) -> Registration:
    """Close the client as :func:`close` does, for a reviewer, who has to give a reason."""
    return _close(registration, by=by, reason=require_text(reason, _SAY_WHY))


def _close(registration: Registration, *, by: User, reason: str) -> Registration:
    now = timezone.now()
    moved = [decide(one, "withdraw", by=by, now=now) for one in registration.revisions.under_review()]
    for draft in Draft.objects.filter(registration=registration):
        moved.append(draft.audit_name)
        draft.delete()
    moved += withdraw_pending(registration, now=now)
    moved += end_in_force(registration, now=now)
    moved += revoke_all(registration, by=by, now=now)
    for suspension in registration.suspensions.in_force():
        moved.append(_lift(suspension, by=by, now=now))
    move(registration, REGISTRATION, "close", suspended_at=None, closed_at=now, closed_reason=reason)
    events.record(RegistrationEvent.REGISTRATION_CLOSED, by=by, stream=registration.uuid, objects=moved)
    queue.enqueue("closed", registration_id=registration.pk)
    return registration


def _lift(suspension: Suspension, *, by: User, now: datetime, note: str = "") -> str:
    suspension.lifted_at, suspension.lifted_by, suspension.note = now, by, note
    suspension.save(update_fields=["lifted_at", "lifted_by", "note"])
    return suspension.audit_name
