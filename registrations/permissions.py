"""Who may do what: predicates that verbs, views and templates all ask."""

from __future__ import annotations

from portal.accounts.models import Membership, Role, User
from registrations.models import Registration

REVIEW = "registrations.review_registration"
DECIDE_PKCE = "registrations.decide_pkceexception"

_WORKING_ROLES = frozenset({Role.ADMIN, Role.DEVELOPER})


def role_in(user: User, organisation_id: int) -> str | None:
    """The user's role now; ``None`` for everyone who is no active member."""
    if not user.is_active:
        return None
    memberships = Membership.objects.filter(user_id=user.pk, organisation_id=organisation_id)
    return memberships.values_list("role", flat=True).first()


def can_view(role: str | None) -> bool:
    """Every member sees the organisation's registrations."""
    return role is not None


def can_edit(role: str | None) -> bool:
    """Start, save, submit, withdraw, discard and close."""
    return role in _WORKING_ROLES


def can_handle_secrets(role: str | None) -> bool:
    """Reveal, rotate and revoke."""
    return role in _WORKING_ROLES


def may_see_desk(user: User) -> bool:
    """Open the queue and the review pages."""
    return user.is_active and user.is_staff and user.has_perm(REVIEW)


def can_review(user: User, registration: Registration) -> bool:
    """Decide on its revisions: nobody does on an organisation they belong to."""
    return may_see_desk(user) and not _belongs(user, registration.organisation_id)


def can_suspend(user: User, registration: Registration) -> bool:
    """Suspend, reinstate and close as staff: nobody does with a client of their own."""
    return may_see_desk(user) and not _belongs(user, registration.organisation_id)


def can_decide_pkce(user: User, registration: Registration) -> bool:
    """Grant or refuse its PKCE exception: rule P-04, nobody grants their own."""
    allowed = user.is_active and user.is_staff and user.has_perm(DECIDE_PKCE)
    return allowed and not _belongs(user, registration.organisation_id)


def _belongs(user: User, organisation_id: int) -> bool:
    return role_in(user, organisation_id) is not None
