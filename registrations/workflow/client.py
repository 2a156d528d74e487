"""Verbs about the client as a whole: restrict, suspend, reinstate, close."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.domain.lifecycle import REGISTRATION, REVISION, DecidedHow
from registrations.domain.restriction import Restriction
from registrations.events import RegistrationEvent
from registrations.models import Draft, Registration, Revision, Suspension
from registrations.rules.findings import quote
from registrations.workflow import feed
from registrations.workflow.comments import add_note
from registrations.workflow.desk import checked_text, require_text
from registrations.workflow.locking import lock_for_partner, lock_to_suspend
from registrations.workflow.marks import book_marks
from registrations.workflow.pkce import end_in_force, withdraw_pending
from registrations.workflow.refusals import RulesBroken
from registrations.workflow.secrets import revoke_all
from registrations.workflow.transitions import decide, move, supersede_live
from registrations.workflow.verbs import verb
from registrations.workflow.webhooks import CLOSED, SUSPENDED

_SAY_WHY = "Say why. The partner reads it."
_NOTHING_CHOSEN = "Choose at least one redirect URI or scope to take away."
_NOT_LIVE = "The live client does not have this, or no longer has it: {}. Nothing was taken away."


@verb(lock=lock_for_partner, statuses=REGISTRATION.sources("restrict"), last=book_marks)
def restrict(
    registration: Registration,
    *,
    by: User,
    redirect_uris: Collection[str] = (),
    scope: Collection[str] = (),
) -> Revision:
    """Take redirect URIs and scopes away from the live revision, at once and without a review.

    What is under review and the draft stay as they are, and so do secrets and the PKCE exception. Raises
    ``Conflict`` where nothing is named or the live revision does not have what is named, and
    ``RulesBroken`` where no redirect URI or no scope would be left.
    """
    live, now = registration.revisions.live().get(), timezone.now()
    restriction = Restriction(live.metadata(), frozenset(redirect_uris), frozenset(scope))
    if restriction.is_empty:
        raise Conflict(_NOTHING_CHOSEN)
    if restriction.not_live:
        raise Conflict(_NOT_LIVE.format(" ".join(map(quote, sorted(restriction.not_live)))))
    if findings := restriction.rejections():
        raise RulesBroken(findings)
    revision = _restricted(registration, live, restriction, by=by, now=now)
    Registration.objects.filter(pk=registration.pk).update(revision_count=revision.number)
    moved = supersede_live(registration)
    revision.insert_restricted(live)
    feed.mark(registration)
    changed = {"redirect_uris": restriction.redirect_uris, "scope": restriction.scope}
    events.record(
        RegistrationEvent.REVISION_RESTRICTED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, *moved],
        detail={"changed": [field for field, entries in changed.items() if entries]},
    )
    queue.enqueue("restricted", revision_id=revision.pk)
    return revision


def _restricted(
    registration: Registration, live: Revision, restriction: Restriction, *, by: User, now: datetime
) -> Revision:
    """The next revision: the live one without what is taken away. It is not stored yet."""
    newest = registration.revisions.newest()
    return Revision.of_record(
        restriction.record(),
        registration=registration,
        number=registration.revision_count + 1,
        beside=newest.number if newest and newest != live else None,
        status=REVISION.starts["restrict"],
        submitted_at=now,
        submitted_by=by,
        decided_at=now,
        decided_by=by,
        decided_how=DecidedHow.RULES,
        findings=restriction.findings(live.findings),
        rules_version=live.rules_version,
        review_asked=[one for one in live.review_asked if one.get("value") not in restriction.redirect_uris],
    )


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("suspend"),
    refused=RegistrationEvent.REGISTRATION_SUSPEND,
    last=book_marks,
)
def suspend(registration: Registration, *, by: User, reason: str, internal_note: str = "") -> Suspension:
    """Suspend the client at once, until it is reinstated.

    Drafting, submitting and revoking still work; approving, revealing and rotating do not. The partner
    reads the ``reason``; ``internal_note`` becomes a desk note. Raises ``Conflict`` where it is not active
    or no reason is given, and ``NotAllowed`` for everyone who is not a reviewer or belongs to the
    organisation.
    """
    reason, now = require_text(reason, _SAY_WHY), timezone.now()
    suspension = Suspension.objects.create(
        registration=registration, reason=reason, suspended_at=now, suspended_by=by
    )
    move(registration, REGISTRATION, "suspend", suspended_at=now)
    feed.mark(registration, SUSPENDED)
    noted = _note_internally(registration, internal_note, by=by)
    events.record(
        RegistrationEvent.REGISTRATION_SUSPENDED,
        by=by,
        stream=registration.uuid,
        objects=[suspension.audit_name, *noted],
    )
    queue.enqueue("suspended", suspension_id=suspension.pk)
    return suspension


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("reinstate"),
    refused=RegistrationEvent.REGISTRATION_REINSTATE,
    last=book_marks,
)
def reinstate(
    registration: Registration, *, by: User, signed_in_at: datetime | None, note: str = ""
) -> Suspension:
    """Make a suspended client active again.

    ``signed_in_at`` is when the person last proved who they are. Raises ``Conflict`` where it is not
    suspended, and ``ReauthenticationNeeded``.
    """
    require_recent_sign_in(signed_in_at)
    suspension = registration.suspensions.in_force().get()
    lifted = _lift(suspension, by=by, now=timezone.now(), note=checked_text(note))
    move(registration, REGISTRATION, "reinstate", suspended_at=None)
    feed.mark(registration)
    events.record(
        RegistrationEvent.REGISTRATION_REINSTATED, by=by, stream=registration.uuid, objects=[lifted]
    )
    queue.enqueue("reinstated", suspension_id=suspension.pk)
    return suspension


@verb(lock=lock_for_partner, statuses=REGISTRATION.sources("close"), last=book_marks)
def close(registration: Registration, *, by: User) -> Registration:
    """Close the client for good, as its partner.

    Withdraws the revision under review, discards the draft, revokes all secrets and ends the PKCE
    exception; the live revision stays on record. Raises ``Conflict`` where it is closed already.
    """
    return _close(registration, by=by, reason="", at_desk=False)


@verb(
    lock=lock_to_suspend,
    statuses=REGISTRATION.sources("close"),
    refused=RegistrationEvent.REGISTRATION_CLOSE,
    last=book_marks,
)
def close_as_staff(
    registration: Registration,
    *,
    by: User,
    signed_in_at: datetime | None,
    reason: str,
    internal_note: str = "",
) -> Registration:
    """Close the client as :func:`close` does, for a reviewer, who has to give a reason.

    The partner reads it; ``internal_note`` becomes a desk note. Raises ``ReauthenticationNeeded`` as
    :func:`reinstate`.
    """
    reason = require_text(reason, _SAY_WHY)
    require_recent_sign_in(signed_in_at)
    noted = _note_internally(registration, internal_note, by=by)
    return _close(registration, by=by, reason=reason, at_desk=True, noted=noted)


def _close(
    registration: Registration, *, by: User, reason: str, at_desk: bool, noted: Sequence[str] = ()
) -> Registration:
    now = timezone.now()
    moved = [*noted]
    moved += [decide(one, "withdraw", by=by, now=now) for one in registration.revisions.under_review()]
    for draft in Draft.objects.filter(registration=registration):
        moved.append(draft.audit_name)
        draft.delete()
    moved += withdraw_pending(registration, now=now)
    moved += end_in_force(registration, now=now)
    moved += revoke_all(registration, by=by, at_desk=at_desk, now=now)
    for suspension in registration.suspensions.in_force():
        moved.append(_lift(suspension, by=by, now=now))
    move(registration, REGISTRATION, "close", suspended_at=None, closed_at=now, closed_reason=reason)
    feed.mark(registration, CLOSED)
    events.record(RegistrationEvent.REGISTRATION_CLOSED, by=by, stream=registration.uuid, objects=moved)
    queue.enqueue("closed", registration_id=registration.pk)
    return registration


def _lift(suspension: Suspension, *, by: User, now: datetime, note: str = "") -> str:
    suspension.lifted_at, suspension.lifted_by, suspension.note = now, by, note
    suspension.save(update_fields=["lifted_at", "lifted_by", "note"])
    return suspension.audit_name


def _note_internally(registration: Registration, text: str, *, by: User) -> list[str]:
    """Write a desk note about what is done, and return its name in the audit log; none without a text."""
    newest = registration.revisions.newest()
    if newest is None or not checked_text(text):
        return []
    return [add_note(newest, text, by=by).audit_name]
