"""Verbs about who reviews a revision: claim, release, reassign (which people call handing over).

A claim tells colleagues that somebody is working on the review. It ends with the review. Others can still
decide if they confirm that they mean to (``desk.require_unclaimed``).
"""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.events import RegistrationEvent
from registrations.models import Registration, Revision
from registrations.workflow import desk
from registrations.workflow.comments import add_note
from registrations.workflow.locking import lock_for_desk, lock_for_reviewer
from registrations.workflow.verbs import verb


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES, refused=RegistrationEvent.REVISION_CLAIM)
def claim(registration: Registration, *, by: User) -> Revision:
    """Claim the review for oneself.

    Raises ``Conflict`` where nothing is under review or somebody has claimed it already, and
    ``NotAllowed`` for everyone who may not decide on it.
    """
    revision = desk.revision_under_review(registration)
    if revision.claimed_by is not None:
        raise Conflict(f"{_called(revision.claimed_by, by=by)} already claimed this review.")
    revision.claimed_by, revision.claimed_at = by, timezone.now()
    revision.save(update_fields=["claimed_by", "claimed_at"])
    events.record(
        RegistrationEvent.REVISION_CLAIMED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name],
    )
    return revision


@verb(lock=lock_for_desk, statuses=OPEN_STATUSES, refused=RegistrationEvent.REVISION_RELEASE)
def release(registration: Registration, *, by: User) -> Revision:
    """Give up one's own claim or, as a lead, a colleague's.

    Raises ``Conflict`` where nothing is under review or claimed, ``NotAllowed`` for everyone else.
    """
    revision = desk.revision_under_review(registration)
    if revision.claimed_by is None:
        raise Conflict("Nobody has claimed this review.")
    if revision.claimed_by != by and not permissions.can_reassign(by, registration):
        raise NotAllowed("Only the reviewer who claimed it or a lead can release it.")
    revision.claimed_by, revision.claimed_at = None, None
    revision.save(update_fields=["claimed_by", "claimed_at"])
    events.record(
        RegistrationEvent.REVISION_RELEASED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name],
    )
    return revision


@verb(lock=lock_for_desk, statuses=OPEN_STATUSES, refused=RegistrationEvent.REVISION_REASSIGN)
def reassign(registration: Registration, *, by: User, to: User, note: str = "") -> Revision:
    """Hand the review over to a colleague: one's own or, as a lead, any.

    They get an email, which quotes the ``note``; that becomes a desk note on the revision. Raises
    ``NotAllowed`` for everybody else, and ``Conflict`` where nothing is under review, where that colleague
    has claimed it already, or where the colleague may not decide on it.
    """
    revision = desk.revision_under_review(registration)
    if not permissions.can_hand_over(by, registration, revision):
        raise NotAllowed("Only the reviewer who claimed it or a lead can hand it over.")
    if revision.claimed_by == to:
        raise Conflict(f"{_called(to, by=by)} already claimed this review.")
    if not permissions.can_review(to, registration):
        raise Conflict(f"{to.get_full_name()} cannot decide on this registration.")
    written = add_note(revision, note, by=by) if desk.checked_text(note) else None
    revision.claimed_by, revision.claimed_at = to, timezone.now()
    revision.save(update_fields=["claimed_by", "claimed_at"])
    events.record(
        RegistrationEvent.REVISION_REASSIGNED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, *([written.audit_name] if written else [])],
        detail={"to": str(to.pseudonym)},
    )
    if to != by:
        quoted = {"note_id": written.pk} if written else {}
        queue.enqueue("handed_over", revision_id=revision.pk, to_id=to.pk, by_id=by.pk, **quoted)
    return revision


def _called(person: User, *, by: User) -> str:
    return "You" if person == by else person.get_full_name()
