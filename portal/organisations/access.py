"""Which organisation a page is about, for those who may open it."""

from __future__ import annotations

from uuid import UUID

from portal.accounts.actions import BACK
from portal.accounts.decorators import PartnerRequest
from portal.accounts.models import Membership, Organisation, Role
from portal.refusals import NotAllowed, NotFound


def own_membership(request: PartnerRequest, organisation_uuid: UUID) -> Membership:
    """The reader's membership of the organisation. Raises NotFound for everybody else."""
    for membership in request.memberships:
        if membership.organisation.uuid == organisation_uuid:
            return membership
    raise NotFound


def administered(request: PartnerRequest, organisation_uuid: UUID) -> Organisation:
    """The organisation, for one of its admins. Raises NotAllowed for the other members."""
    membership = own_membership(request, organisation_uuid)
    if membership.role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can do this.", way_out=BACK)
    return membership.organisation
