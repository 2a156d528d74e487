"""What closing an organisation ends: memberships, invitations, requests to join. Its row and its events stay.

The verb that calls this knows whether the organisation is still needed: the portal knows no registration.
"""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.events import AccountEvent
from portal.accounts.memberships import move_to_the_past
from portal.accounts.models import InvitationStatus, JoinRequestStatus, Organisation, User
from portal.audit.events import record
from portal.outbox.queue import enqueue


def close_locked(organisation: Organisation, *, by: User) -> None:
    """Close the organisation, as a part of the verb that locked it and checked that ``by`` may.

    All who belonged to it get an email, and so does whoever asked to join, without its name.
    """
    now = timezone.now()
    moved = []
    for membership in organisation.memberships.select_related("user", "organisation").order_by("pk"):
        moved.append(f"member:{membership.user.pseudonym}")
        move_to_the_past(membership, at=now)
    invitations = organisation.invitations.filter(status=InvitationStatus.OPEN)
    moved += [f"invitation:{uuid}" for uuid in invitations.order_by("pk").values_list("uuid", flat=True)]
    invitations.revoke()
    waiting = organisation.join_requests.filter(status=JoinRequestStatus.OPEN)
    for request in waiting.order_by("pk"):
        moved.append(f"join_request:{request.uuid}")
        enqueue("join_refused", user=request.person_id)
    waiting.update(status=JoinRequestStatus.REFUSED, decided_at=now, decided_by=by)
    organisation.closed_at = now
    organisation.save(update_fields=["closed_at"])
    record(AccountEvent.ORGANISATION_CLOSED, by=by, stream=organisation.uuid, objects=moved)
    enqueue("organisation_closed", organisation=organisation.pk)
