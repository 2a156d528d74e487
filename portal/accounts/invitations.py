"""Verbs about invitations: an admin sends or revokes one, and whoever has the address accepts it.

The token of an invitation names its row and is signed. It is made when it is needed and never stored. It is
not enough to have it: only the account with the confirmed address can accept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from portal.accounts.actions import BACK, lock_as_admin
from portal.accounts.events import AccountEvent
from portal.accounts.models import (
    VALID_FOR,
    Invitation,
    InvitationQuerySet,
    InvitationStatus,
    Membership,
    Organisation,
    Role,
    User,
)
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.epochs.models import Epoch
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, Gone, NotAllowed, NotFound

NO_STAFF: Final = "Pleo staff cannot belong to a partner’s organisation."
LEAVE_FIRST: Final = (
    "You already belong to an organisation, and can belong to one at a time. Leave it first, then open the "
    "invitation again."
)
KEPT_FOR: Final = timedelta(days=90)
"""How long an address stays after an invitation that its owner has not accepted: they asked for nothing."""
_BATCH: Final = 500
_SALT: Final = "portal.accounts.invitations"


@transaction.atomic
def invite(
    organisation_uuid: UUID, address: str, role: str, *, by: User, signed_in_at: datetime | None
) -> Invitation:
    """Invite whoever has the address to take the role.

    The answer is the same whether or not the address has an account. Raises NotFound or NotAllowed for
    everybody but an admin, ReauthenticationNeeded, and Conflict for somebody who belongs to the organisation
    or has an invitation that still works.
    """
    organisation = lock_as_admin(organisation_uuid, by=by)
    require_recent_sign_in(signed_in_at)
    address = address.strip().lower()
    if organisation.memberships.filter(user__email=address).exists():
        raise Conflict("Somebody with this address already belongs to your organisation.", way_out=BACK)
    sent = organisation.invitations.filter(address=address)
    sent.that_ended_unnoticed().update(status=InvitationStatus.EXPIRED, ended_at=timezone.now())
    if sent.filter(status=InvitationStatus.OPEN).exists():
        raise Conflict("You have invited this address already. Revoke that invitation first.", way_out=BACK)
    return send_invitation(organisation, address, role, by=by)


def send_invitation(
    organisation: Organisation, address: str, role: str, *, by: User, from_staff: bool = False
) -> Invitation:
    """Make the invitation and queue its email, in the transaction of the verb that checked who may.

    One ``from_staff`` names Pleo in place of the person.
    """
    now = timezone.now()
    invitation = Invitation.objects.create(
        organisation=organisation,
        address=address,
        role=Role(role),
        epoch=Epoch.objects.current(),
        invited_by=None if from_staff else by,
        invited_at=now,
        expires_at=now + VALID_FOR,
    )
    record(
        AccountEvent.INVITATION_SENT,
        by=by,
        stream=organisation.uuid,
        objects=[f"invitation:{invitation.uuid}"],
        detail={"role": invitation.role},
    )
    enqueue("invited", invitation=invitation.pk)
    return invitation


@transaction.atomic
def revoke(invitation_uuid: UUID, *, by: User) -> None:
    """Revoke an invitation that was not accepted yet.

    Raises NotFound or NotAllowed for everybody but an admin of its organisation, and Conflict for one that
    was accepted or revoked already.
    """
    found = Invitation.objects.select_related("organisation").filter(uuid=invitation_uuid).first()
    if found is None:
        raise NotFound
    organisation = lock_as_admin(found.organisation.uuid, by=by)
    if not _end(organisation.invitations.filter(pk=found.pk), InvitationStatus.REVOKED):
        raise Conflict("This invitation was already accepted or revoked.", way_out=BACK)
    record(
        AccountEvent.INVITATION_REVOKED,
        by=by,
        stream=organisation.uuid,
        objects=[f"invitation:{found.uuid}"],
    )


def revoke_all_by(person: User, organisation: Organisation) -> list[str]:
    """Revoke what somebody who is no admin any more has sent; returns how the event names them."""
    sent = organisation.invitations.filter(invited_by=person, status=InvitationStatus.OPEN)
    names = [f"invitation:{uuid}" for uuid in sent.order_by("pk").values_list("uuid", flat=True)]
    _end(sent, InvitationStatus.REVOKED)
    return names


@transaction.atomic
def accept(token: str, *, by: User) -> Membership:
    """Take the role of the invitation.

    Raises NotFound for a token that nobody signed, NotAllowed for staff and for everybody whose confirmed
    address is another one, Gone for an invitation that was used, revoked or is too old, and Conflict for
    somebody who belongs to an organisation.
    """
    invitation = invitation_of(token)
    # The organisation first, as the verbs of its admins do: two that wait for each other would both fail.
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=invitation.organisation_id
    )
    person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if not is_for(invitation, person):
        raise NotAllowed("This invitation is for another email address.")
    if person.is_staff:
        raise NotAllowed(NO_STAFF)
    works = Invitation.objects.that_work().filter(pk=invitation.pk)
    if not _end(works, InvitationStatus.ACCEPTED, accepted_by=person):
        raise Gone("This invitation was already used, or it was revoked, or it is more than seven days old.")
    if person.memberships.exists():
        raise Conflict(LEAVE_FIRST, way_out=BACK)
    membership = Membership.objects.create(user=person, organisation=organisation, role=invitation.role)
    record(
        AccountEvent.INVITATION_ACCEPTED,
        by=person,
        stream=organisation.uuid,
        objects=[f"invitation:{invitation.uuid}", f"member:{person.pseudonym}"],
        detail={"role": membership.role},
    )
    enqueue("member_joined", membership=membership.pk)
    return membership


def forget_ended(stopped: Callable[[], bool] | None = None) -> int:
    """Delete the invitations that ended long ago without being accepted, in batches: a job of the worker.
    Returns how many there were.

    Their events stay, and name no address.
    """
    forgotten, old = 0, Invitation.objects.never_accepted(before=timezone.now() - KEPT_FOR)
    while not (stopped and stopped()):
        batch = list(old.order_by("pk").values_list("pk", flat=True)[:_BATCH])
        forgotten += old.filter(pk__in=batch).delete()[0]
        if len(batch) < _BATCH:
            break
    return forgotten


def token_of(invitation: Invitation) -> str:
    """The token of the link to it."""
    return signing.Signer(salt=_SALT).sign(str(invitation.uuid))


def invitation_of(token: str) -> Invitation:
    """The invitation that the token names, whether or not it still works. Raises NotFound for a forgery."""
    try:
        uuid = UUID(signing.Signer(salt=_SALT).unsign(token))
    except signing.BadSignature:
        raise NotFound from None
    found = Invitation.objects.select_related("organisation", "invited_by").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def is_for(invitation: Invitation, person: User) -> bool:
    """Whether the person has confirmed the address to which it was sent."""
    return person.email.lower() == invitation.address and person.has_verified_address()


def waiting_for(person: User, *, holds_link: bool = False) -> list[Invitation]:
    """The invitations that the person can accept, the oldest first.

    ``holds_link`` is whether they came with a link that was sent to their address, which proves as much as
    having confirmed it.
    """
    if person.is_staff or not (holds_link or person.has_verified_address()):
        return []
    found = Invitation.objects.that_work().filter(address=person.email.lower())
    return list(found.select_related("organisation", "invited_by").order_by("pk"))


def _end(invitations: InvitationQuerySet, status: InvitationStatus, **columns: User) -> int:
    """Compare and set: end those that are still open, and return how many that were."""
    still_open = invitations.filter(status=InvitationStatus.OPEN)
    return still_open.update(status=status, ended_at=timezone.now(), **columns)
