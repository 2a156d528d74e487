"""Who may do what: predicates that verbs, views and templates all ask."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from portal.accounts.models import Membership, Role, User
from registrations.models import Registration

SEE_DESK = "registrations.view_registration"
REVIEW = "registrations.review_registration"
REASSIGN = "registrations.reassign_registration"
READ_LOG = "audit.view_event"
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
    """Open the queue, the review pages and the overview, and change nothing."""
    return _is_staff_with(user, SEE_DESK)


def may_read_log(user: User) -> bool:
    """Open the audit log."""
    return _is_staff_with(user, READ_LOG)


def may_review(user: User) -> bool:
    """Decide on submissions at all; on which, :func:`can_review` says."""
    return may_see_desk(user) and user.has_perm(REVIEW)


def can_review(user: User, registration: Registration) -> bool:
    """Decide on its revisions: nobody does on an organisation they belong to."""
    return may_review(user) and not _belongs(user, registration.organisation_id)


def reviewers() -> QuerySet[User]:
    """Everybody who may decide at all, by name: one statement."""
    right = Permission.objects.filter(content_type__app_label="registrations", codename="review_registration")
    holds = Q(is_superuser=True) | Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    staff = User.objects.filter(is_active=True, is_staff=True)
    return staff.filter(pk__in=User.objects.filter(holds).values("pk")).order_by("full_name", "email")


def may_reassign(user: User) -> bool:
    """Hand reviews to colleagues at all."""
    return may_see_desk(user) and user.has_perm(REASSIGN)


def can_reassign(user: User, registration: Registration) -> bool:
    """Hand its review to a colleague; nobody does for an organisation they belong to."""
    return may_reassign(user) and not _belongs(user, registration.organisation_id)


def can_suspend(user: User, registration: Registration) -> bool:
    """Suspend, reinstate and close as staff: nobody does with a client of their own."""
    return may_review(user) and not _belongs(user, registration.organisation_id)


def can_decide_pkce(user: User, registration: Registration) -> bool:
    """Grant or refuse its PKCE exception: rule P-04, nobody grants their own."""
    return _is_staff_with(user, DECIDE_PKCE) and not _belongs(user, registration.organisation_id)


def _is_staff_with(user: User, right: str) -> bool:
    return user.is_active and user.is_staff and user.has_perm(right)


def _belongs(user: User, organisation_id: int) -> bool:
    return role_in(user, organisation_id) is not None
