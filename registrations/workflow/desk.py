"""What every decision of staff begins with: claim, person, and the revision that was seen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.models import Registration, Revision
from registrations.rules.differences import Change, difference, difference_of_questions
from registrations.rules.lifecycle import RegistrationStatus, RevisionStatus
from registrations.workflow.claims import claim
from registrations.workflow.errors import ClaimedByColleague, StaleVersion

Right = Callable[[User, Registration], bool]


def claim_for_review(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Claim for a reviewer. Raises ``NotAllowed`` for everyone else."""
    return _claim(uuid, by, statuses, permissions.can_review)


def claim_for_reassigning(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Claim for a lead. Raises ``NotAllowed`` for everyone else."""
    return _claim(uuid, by, statuses, permissions.can_reassign)


def claim_for_desk(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Claim for any reviewer or lead; the verb asks for more. Raises ``NotAllowed`` for everyone else."""
    return _claim(uuid, by, statuses, lambda user, _: _works_here(user))


def claim_to_suspend(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Claim for staff who stop a client. Raises ``NotAllowed`` for everyone else, and ``NotFound``
    for what was never submitted: that is its partner's own."""
    registration = _claim(uuid, by, statuses, permissions.can_suspend)
    if registration.revision_count == 0:
        raise NotFound
    return registration


def claim_for_pkce(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Claim for a PKCE approver. Raises ``NotAllowed`` for everyone else."""
    return _claim(uuid, by, statuses, permissions.can_decide_pkce)


def revision_seen(registration: Registration, seen_version: int, *, by: User) -> Revision:
    """The revision under review, if it is the one that was on the page of ``by``.

    Raises ``StaleVersion`` with the difference to the newest, ``Conflict`` where nothing is under
    review, and ``NotAllowed`` for whoever submitted it, member of the organisation still or not.
    """
    revision = registration.revisions.filter(status=RevisionStatus.UNDER_REVIEW).first()
    if revision is None:
        raise Conflict("Nothing is under review: it was decided or withdrawn in the meantime.")
    if revision.number != seen_version:
        raise StaleVersion(
            f"You decided on revision {seen_version}, but revision {revision.number} is under review now.",
            difference=_since(registration, seen_version, revision),
        )
    if revision.submitted_by_id == by.pk:
        raise NotAllowed("You submitted this yourself, so somebody else decides.")
    return revision


def mind_claim(revision: Revision, *, by: User, despite_claim: bool) -> None:
    """Decide over a colleague's claim on purpose only: raises ``ClaimedByColleague`` where nobody said so."""
    if revision.claimed_by is None or revision.claimed_by == by or despite_claim:
        return
    raise ClaimedByColleague(
        f"{revision.claimed_by.get_full_name()} has claimed this review. "
        "Talk to each other, or tick that you decide all the same."
    )


def called(person: User, *, by: User) -> str:
    """What to call somebody who claimed it, in words for ``by``."""
    return "you" if person == by else person.get_full_name()


def _works_here(user: User) -> bool:
    return permissions.may_review(user) or permissions.may_reassign(user)


def _claim(
    uuid: UUID,
    by: User,
    statuses: Collection[RegistrationStatus],
    allowed: Right,
) -> Registration:
    """Whoever may not do it hears that, and nothing of the registration's state."""
    try:
        registration = claim(uuid, statuses=statuses)
    except Conflict:
        _check_right(by, Registration.objects.get(uuid=uuid), allowed)
        raise
    _check_right(by, registration, allowed)
    return registration


def _check_right(by: User, registration: Registration, allowed: Right) -> None:
    if not allowed(by, registration):
        raise NotAllowed("You may not decide on this registration.")


def _since(registration: Registration, seen_version: int, newest: Revision) -> list[Change]:
    seen = registration.revisions.filter(number=seen_version).first()
    if seen is None:
        return []
    asked = difference_of_questions(seen.asked(), newest.asked())
    return difference(seen.metadata(), newest.metadata()) + asked
