"""The tables of people, organisations and who belongs to them."""

from portal.accounts.models.invitations import VALID_FOR, Invitation, InvitationQuerySet, InvitationStatus
from portal.accounts.models.join_requests import JoinRequest, JoinRequestStatus
from portal.accounts.models.past_memberships import BIASED_FOR, PastMembership, in_own_organisation, is_biased
from portal.accounts.models.people import (
    MAX_SKELETON_LENGTH,
    FormerName,
    Membership,
    NameSkeletonField,
    Notifications,
    Organisation,
    Role,
    User,
    UserManager,
    fill_name_skeletons,
    verified_addresses,
)
from portal.accounts.models.staff_requests import StaffRequest, StaffRequestKind, StaffRequestStatus

__all__ = [
    "BIASED_FOR",
    "MAX_SKELETON_LENGTH",
    "VALID_FOR",
    "FormerName",
    "Invitation",
    "InvitationQuerySet",
    "InvitationStatus",
    "JoinRequest",
    "JoinRequestStatus",
    "Membership",
    "NameSkeletonField",
    "Notifications",
    "Organisation",
    "PastMembership",
    "Role",
    "StaffRequest",
    "StaffRequestKind",
    "StaffRequestStatus",
    "User",
    "UserManager",
    "fill_name_skeletons",
    "in_own_organisation",
    "is_biased",
    "verified_addresses",
]
