"""Verbs about who belongs to an organisation, and in which role."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.accounts.actions import BACK, lock_as_admin, lock_as_member
from portal.accounts.events import AccountEvent
from portal.accounts.invitations import revoke_all_by
from portal.accounts.models import Membership, PastMembership, Role, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotAllowed, NotFound

LAST_ADMIN: Final = "An organisation needs at least one admin, and this is the last one."


@transaction.atomic
def change_role(membership_pk: int, role: str, *, by: User, signed_in_at: datetime | None) -> None:
    """Give a member another role.

    Invitations that they sent are revoked where they are no admin any more. Raises NotFound if there is no
    such membership in an organisation of ``by``, NotAllowed if ``by`` is not an admin there,
    ReauthenticationNeeded, and Conflict for the role that the member has and for the last admin.
    """
    membership = _lock(membership_pk, by=by)
    require_recent_sign_in(signed_in_at)
    if membership.role == Role(role):
        raise Conflict("The member has this role already.", way_out=BACK)
    if membership.is_last_admin():
        raise Conflict(LAST_ADMIN, way_out=BACK)
    _give(membership, Role(role), by=by)


@transaction.atomic
def hand_over(membership_pk: int, *, by: User, signed_in_at: datetime | None) -> None:
    """Make another member an admin, and ``by`` a developer, in one step.

    Raises NotFound, NotAllowed and ReauthenticationNeeded as :func:`change_role` does, and Conflict for
    oneself.
    """
    membership = _lock(membership_pk, by=by)
    require_recent_sign_in(signed_in_at)
    if membership.user_id == by.pk:
        raise Conflict("Choose another member to hand over to.", way_out=BACK)
    if membership.role != Role.ADMIN:
        _give(membership, Role.ADMIN, by=by)
    own = Membership.objects.select_related("user", "organisation").get(
        user=by.pk, organisation=membership.organisation_id
    )
    _give(own, Role.DEVELOPER, by=by)


@transaction.atomic
def remove_member(membership_pk: int, *, by: User, signed_in_at: datetime | None) -> None:
    """Remove a member from an organisation, with effect from that person's next request.

    Raises as :func:`change_role` does. Nobody removes themselves: that is :func:`leave`.
    """
    membership = _lock(membership_pk, by=by)
    require_recent_sign_in(signed_in_at)
    if membership.is_last_admin():
        raise Conflict(LAST_ADMIN, way_out=_ways_out(membership))
    end_membership(membership, AccountEvent.MEMBER_REMOVED, "member_removed", by=by)


@transaction.atomic
def leave(organisation_uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
    """End one's own membership.

    Raises NotFound for everybody who does not belong to the organisation, ReauthenticationNeeded, and
    Conflict for the last admin, who can make somebody else one first.
    """
    membership = lock_as_member(organisation_uuid, by=by)
    require_recent_sign_in(signed_in_at)
    if membership.is_last_admin():
        raise Conflict(LAST_ADMIN, way_out=_ways_out(membership))
    end_membership(membership, AccountEvent.MEMBER_LEFT, "member_left", by=by)


def end_membership(membership: Membership, event: AccountEvent, email: str, *, by: User) -> None:
    """Move the membership to the past ones, and revoke the invitations that the person sent as an admin.

    It is a part of the verbs that have locked the organisation and checked who may.
    """
    person, organisation = membership.user, membership.organisation
    revoked = revoke_all_by(person, organisation)
    move_to_the_past(membership, at=timezone.now())
    record(
        event,
        by=by,
        stream=organisation.uuid,
        objects=[f"member:{person.pseudonym}", *revoked],
        detail={"role": membership.role},
    )
    enqueue(email, user=person.pk, organisation=organisation.pk)


def move_to_the_past(membership: Membership, *, at: datetime) -> None:
    """Let the membership end at this moment, as a part of a verb that records it."""
    PastMembership.objects.create(
        person=membership.user,
        organisation=membership.organisation,
        role=membership.role,
        joined_at=membership.joined_at,
        ended_at=at,
    )
    membership.delete()
    rest = Membership.objects.filter(user=membership.user)
    if rest.count() == 1:
        rest.update(is_exclusive=True)


def removable(membership_pk: int, *, by: User) -> Membership:
    """The membership, if ``by`` may end or change it. Raises NotFound or NotAllowed as the verbs do."""
    membership = Membership.objects.select_related("user", "organisation").filter(pk=membership_pk).first()
    own = membership and Membership.objects.filter(user=by, organisation=membership.organisation).first()
    if membership is None or own is None:
        raise NotFound
    if own.role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can do this.", way_out=BACK)
    return membership


def _lock(membership_pk: int, *, by: User) -> Membership:
    """Lock the organisation of the membership, for an admin of it, and read the membership again.

    Without the lock, two admins who remove each other at the same time would both succeed.
    """
    lock_as_admin(removable(membership_pk, by=by).organisation.uuid, by=by)
    return removable(membership_pk, by=by)


def _give(membership: Membership, role: Role, *, by: User) -> None:
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    revoked = revoke_all_by(membership.user, membership.organisation) if before == Role.ADMIN else []
    record(
        AccountEvent.ROLE_CHANGED,
        by=by,
        stream=membership.organisation.uuid,
        objects=[f"member:{membership.user.pseudonym}", *revoked],
        detail={"role": role, "before": before},
    )
    enqueue("role_changed", membership=membership.pk, by=by.pk)


def _ways_out(membership: Membership) -> tuple[str, str]:
    """The page that says how the last admin can leave."""
    return f"/organisation/{membership.organisation.uuid}/leave/", "How you can leave"
