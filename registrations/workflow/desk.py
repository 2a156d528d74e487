"""What every decision by staff checks first: the revision they saw, and who claimed the review."""

from __future__ import annotations

from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed
from registrations.domain.differences import Change, difference, difference_of_override_requests
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Registration, Revision
from registrations.workflow.errors import ClaimedByColleague, StaleVersion


def revision_seen(registration: Registration, seen_version: int, *, by: User) -> Revision:
    """Return the revision under review, if it is the one that ``by`` saw on the page.

    Raises ``StaleVersion`` with the difference to the newest, ``Conflict`` where nothing is under review,
    and ``NotAllowed`` for the person who submitted it, even after they left the organisation.
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


def require_unclaimed(revision: Revision, *, by: User, despite_claim: bool) -> None:
    """Raise ``ClaimedByColleague`` where a colleague has claimed the review, unless ``despite_claim``
    confirms that ``by`` decides all the same."""
    if revision.claimed_by is None or revision.claimed_by == by or despite_claim:
        return
    raise ClaimedByColleague(
        f"{revision.claimed_by.get_full_name()} has claimed this review. "
        "Talk to each other, or tick that you decide all the same."
    )


def called(person: User, *, by: User) -> str:
    """The name of a person who claimed a review, or "you" where that is ``by``."""
    return "you" if person == by else person.get_full_name()


def _since(registration: Registration, seen_version: int, newest: Revision) -> list[Change]:
    seen = registration.revisions.filter(number=seen_version).first()
    if seen is None:
        return []
    requested = difference_of_override_requests(seen.override_requests(), newest.override_requests())
    return difference(seen.metadata(), newest.metadata()) + requested
