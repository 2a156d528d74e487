"""Who may do what: the predicates that verbs, views and templates share."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Q, QuerySet

from portal.accounts.models import Membership, Organisation, PastMembership, Role, User, is_biased
from registrations.models import Registration, Revision

SEE_DESK = "registrations.view_registration"
REVIEW = "registrations.review_registration"
REASSIGN = "registrations.reassign_registration"
READ_LOG = "audit.view_event"
DECIDE_PKCE = "registrations.decide_pkceexception"
MANAGE_TOKENS = "registrations.add_apitoken"

_WORKING_ROLES = frozenset({Role.ADMIN, Role.DEVELOPER})


def role_in(user: User, organisation_id: int) -> str | None:
    """The user's current role; None for everyone who is not an active member."""
    if not user.is_active:
        return None
    memberships = Membership.objects.filter(user_id=user.pk, organisation_id=organisation_id)
    return memberships.values_list("role", flat=True).first()


def can_view(role: str | None) -> bool:
    """Whether the role may see the organisation's registrations: every member may."""
    return role is not None


def can_edit(role: str | None) -> bool:
    """Whether the role may start, save, submit, withdraw, discard, promote, restrict and close."""
    return role in _WORKING_ROLES


def can_handle_secrets(role: str | None) -> bool:
    """Whether the role may reveal, rotate and revoke."""
    return role in _WORKING_ROLES


def may_see_desk(user: User) -> bool:
    """Whether the user may open the queue, the review pages and the overview, without changing anything."""
    return _is_staff_with(user, SEE_DESK)


def is_stranger(user: User, registration: Registration) -> bool:
    """Whether the user may not see the registration at all, neither as a member nor as staff."""
    return not may_see_desk(user) and not _belongs(user, registration.organisation_id)


def may_read_log(user: User) -> bool:
    """Whether the user may open the audit log."""
    return _is_staff_with(user, READ_LOG)


def may_manage_tokens(user: User) -> bool:
    """Whether the user may see, create and revoke the tokens of authorization servers."""
    return _is_staff_with(user, MANAGE_TOKENS)


def token_managers() -> QuerySet[User]:
    """Everybody who may do so, ordered by name: one statement."""
    return _staff_with(MANAGE_TOKENS)


def may_review(user: User) -> bool:
    """Whether the user may decide on submissions at all; :func:`can_review` says on which."""
    return may_see_desk(user) and user.has_perm(REVIEW)


def can_review(user: User, registration: Registration, *, belongs: bool | None = None) -> bool:
    """Whether the user may decide on its revisions: not for their own organisation.

    One that they left within the last twelve months counts as their own. A page reads once whether it is, and
    says so in ``belongs`` to each predicate. Verbs do not.
    """
    return may_review(user) and not _is_own(user, registration, belongs)


def why_not(user: User, registration: Registration) -> str:
    """Why the user may not decide on the registration."""
    left = PastMembership.objects.recent().filter(person=user, organisation=registration.organisation_id)
    past = None if _belongs(user, registration.organisation_id) else left.order_by("-ended_at").first()
    if past is None:
        return "You cannot decide on this registration."
    return (
        f"You belonged to this organisation until {past.ended_at.day} {past.ended_at:%B %Y}. "
        "Nobody decides on an organisation within twelve months of leaving it."
    )


def desk_readers() -> QuerySet[User]:
    """Everybody who may see the desk, ordered by name: one statement."""
    return _staff_with(SEE_DESK)


def can_note(user: User, organisation: Organisation) -> bool:
    """Whether the user may write internal notes about it: not about their own organisation."""
    return may_review(user) and not _is_biased(user, organisation.pk)


def can_read_notes(user: User, organisation: Organisation) -> bool:
    """Whether the user may read the internal notes about it: nobody reads those about their own."""
    return may_see_desk(user) and not _is_biased(user, organisation.pk)


def reviewers() -> QuerySet[User]:
    """Everybody who may decide on submissions, ordered by name: one statement."""
    return _staff_with(SEE_DESK, REVIEW)


def reviewers_of(registration: Registration) -> QuerySet[User]:
    """Everybody who may decide on its revisions, as :func:`can_review` says of one person: one statement."""
    return reviewers().exclude(is_biased(OuterRef("pk"), registration.organisation_id))


def may_reassign(user: User) -> bool:
    """Whether the user may assign reviews to colleagues at all."""
    return may_see_desk(user) and user.has_perm(REASSIGN)


def may_send_again(user: User) -> bool:
    """Whether the user may see the emails and webhooks that were not delivered, and send them again."""
    return may_reassign(user)


def can_reassign(user: User, registration: Registration, *, belongs: bool | None = None) -> bool:
    """Whether the user may assign its review to a colleague: not for their own organisation."""
    return may_reassign(user) and not _is_own(user, registration, belongs)


def can_hand_over(
    user: User, registration: Registration, revision: Revision | None, *, belongs: bool | None = None
) -> bool:
    """Whether the user may hand the review of the revision to a colleague: their own, or as a lead any."""
    is_theirs = revision is not None and revision.claimed_by_id == user.pk
    if is_theirs and can_review(user, registration, belongs=belongs):
        return True
    return can_reassign(user, registration, belongs=belongs)


def can_suspend(user: User, registration: Registration, *, belongs: bool | None = None) -> bool:
    """Whether the user may suspend, reinstate and close it as staff: not for their own organisation."""
    return can_review(user, registration, belongs=belongs)


def can_decide_pkce(user: User, registration: Registration, *, belongs: bool | None = None) -> bool:
    """Whether the user may decide on its PKCE exception: not for their own organisation (rule P-04)."""
    return _is_staff_with(user, DECIDE_PKCE) and not _is_own(user, registration, belongs)


def _staff_with(*rights: str) -> QuerySet[User]:
    """The staff who hold all of the rights, themselves or through a group, ordered by name."""
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("full_name", "email")
    for right in rights:
        app_label, codename = right.split(".")
        named = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
        holds = Q(is_superuser=True) | Q(groups__permissions__in=named) | Q(user_permissions__in=named)
        staff = staff.filter(pk__in=User.objects.filter(holds).values("pk"))
    return staff


def _is_staff_with(user: User, right: str) -> bool:
    return user.is_active and user.is_staff and user.has_perm(right)


def _is_own(user: User, registration: Registration, belongs: bool | None) -> bool:
    return _is_biased(user, registration.organisation_id) if belongs is None else belongs


def _is_biased(user: User, organisation_id: int) -> bool:
    """Whether the user belongs to the organisation or did within the last twelve months: one statement."""
    return User.objects.filter(is_biased(user, organisation_id), pk=user.pk, is_active=True).exists()


def _belongs(user: User, organisation_id: int) -> bool:
    return role_in(user, organisation_id) is not None
