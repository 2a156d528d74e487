"""What verbs of the staff share: the revision they saw, the claim on its review, a text that they must
give; and downloads from the desk."""

from __future__ import annotations

from uuid import UUID

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.domain.differences import difference, difference_of_override_requests
from registrations.events import RegistrationEvent
from registrations.models import Registration, Revision
from registrations.workflow.refusals import ClaimedByColleague, StaleVersion
from registrations.workflow.verbs import one_transaction


def revision_under_review(registration: Registration) -> Revision:
    """Return the revision under review. Raises ``Conflict`` where there is none."""
    revision = registration.revisions.under_review().select_related("claimed_by").first()
    if revision is None:
        raise Conflict("Nothing is under review: it was decided or withdrawn in the meantime.")
    return revision


def revision_seen(registration: Registration, seen_version: int, *, by: User) -> Revision:
    """Return the revision under review, if it is the one that ``by`` saw on the page.

    Raises ``StaleVersion`` with the difference to the newest, ``Conflict`` where nothing is under review,
    and ``NotAllowed`` for the person who submitted it, even after they left the organisation.
    """
    revision = revision_under_review(registration)
    if revision.number != seen_version:
        seen = registration.revisions.filter(number=seen_version).first()
        changes = []
        if seen:
            changes += difference(seen.metadata(), revision.metadata())
            changes += difference_of_override_requests(seen.override_requests(), revision.override_requests())
        raise StaleVersion(
            f"You decided on revision {seen_version}, but revision {revision.number} is under review now.",
            difference=changes,
        )
    if revision.submitted_by_id == by.pk:
        raise NotAllowed("You submitted this yourself, so somebody else has to decide.")
    return revision


def require_unclaimed(revision: Revision, *, by: User, despite_claim: bool | UUID) -> None:
    """Raise ``ClaimedByColleague`` where a colleague has claimed the review, unless ``despite_claim``
    confirms that ``by`` decides all the same.

    A pseudonym confirms it for the claim of that person alone.
    """
    holder = revision.claimed_by
    if holder is None or holder == by or despite_claim in (True, holder.pseudonym):
        return
    raise ClaimedByColleague(
        f"{holder.get_full_name()} has claimed this review. "
        "Talk to each other, or tick the box to decide anyway."
    )


def require_text(text: str, otherwise: str) -> str:
    """Return the text without blanks around it. Where there is none, raises ``Conflict`` with the words of
    ``otherwise``."""
    if not text.strip():
        raise Conflict(otherwise)
    return text.strip()


@one_transaction()
def export(what: str, *, by: User) -> None:
    """Record that somebody downloads a list; the event belongs to that person's own stream.

    Raises ``NotAllowed`` for everyone who may not read the desk.
    """
    if not permissions.may_see_desk(by):
        raise NotAllowed
    events.record(RegistrationEvent.DESK_EXPORTED, by=by, stream=by.pseudonym, objects=[f"export:{what}"])
