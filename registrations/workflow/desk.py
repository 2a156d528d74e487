"""What every decision of staff asks first: the revision that was seen, and who claimed it."""

from __future__ import annotations

from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed
from registrations.models import Registration, Revision
from registrations.rules.differences import Change, difference, difference_of_override_requests
from registrations.rules.lifecycle import RevisionStatus
from registrations.workflow.errors import ClaimedByColleague, StaleVersion


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


def require_unclaimed(revision: Revision, *, by: User, despite_claim: bool) -> None:
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


def _since(registration: Registration, seen_version: int, newest: Revision) -> list[Change]:
    seen = registration.revisions.filter(number=seen_version).first()
    if seen is None:
        return []
    requested = difference_of_override_requests(seen.override_requests(), newest.override_requests())
    return difference(seen.metadata(), newest.metadata()) + requested
