"""Verbs about who belongs to an organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from portal.accounts.actions import BACK, lock_as_admin
from portal.accounts.events import AccountEvent
from portal.accounts.invitations import revoke_all_by
from portal.accounts.models import Membership, Role, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotAllowed, NotFound

LAST_ADMIN: Final = "An organisation needs at least one admin, and this is the last one."


@transaction.atomic
def remove_member(membership_pk: int, *, by: User, signed_in_at: datetime | None) -> None:
    """Remove a member from an organisation, with effect from that person's next request.

    Invitations that they sent are revoked. Raises NotFound if there is no such membership in an organisation
    of ``by``, NotAllowed if ``by`` is not an admin there, ReauthenticationNeeded, and Conflict if the member
    is the last admin.
    """
    # Without this lock, two admins who remove each other at the same time would both succeed.
    organisation = lock_as_admin(removable(membership_pk, by=by).organisation.uuid, by=by)
    membership = removable(membership_pk, by=by)
    require_recent_sign_in(signed_in_at)
    if membership.is_last_admin():
        raise Conflict(LAST_ADMIN, way_out=BACK)
    revoked = revoke_all_by(membership.user, organisation)
    record(
        AccountEvent.MEMBER_REMOVED,
        by=by,
        stream=organisation.uuid,
        objects=[f"member:{membership.user.pseudonym}", *revoked],
        detail={"role": membership.role},
    )
    enqueue("member_removed", user=membership.user_id, organisation=organisation.pk)
    membership.delete()


def removable(membership_pk: int, *, by: User) -> Membership:
    """The membership, if ``by`` may end it. Raises NotFound or NotAllowed as `remove_member` does."""
    membership = Membership.objects.select_related("user", "organisation").filter(pk=membership_pk).first()
    own = membership and Membership.objects.filter(user=by, organisation=membership.organisation).first()
    if membership is None or own is None:
        raise NotFound
    if own.role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can remove a member.", way_out=BACK)
    return membership
