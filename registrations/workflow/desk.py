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
from registrations.rules import free_text
from registrations.workflow.refusals import ClaimedByColleague, StaleVersion
from registrations.workflow.verbs import one_transaction

NO_TEXT = "Write something first."


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


def require_live_seen(revision: Revision, seen_live: int | None) -> None:
    """Raise ``StaleVersion`` where the page compared the revision with another live one than there is now.

    ``seen_live`` is the number of the live revision that was on the page, 0 where none was. None, where the
    page did not say, is enough unless something was taken away after the revision was submitted.
    """
    versions = revision.registration.revisions
    live = versions.live().first()
    number = live.number if live else 0
    if seen_live == number or (seen_live is None and number < revision.number):
        return
    first_since = versions.filter(number__gt=revision.number).order_by("number").first()
    seen = versions.filter(number=seen_live or 0).first() or (first_since and first_since.replaced())
    raise StaleVersion(
        "The partner took redirect URIs or scopes away from the live client after this was submitted, and "
        f"your page did not show it. Revision {number} is live now.",
        difference=difference(seen.metadata(), live.metadata()) if seen and live else (),
    )


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
    if free_text.is_blank(text):
        raise Conflict(otherwise)
    return checked_text(text)


def checked_text(text: str) -> str:
    """Return the text without blanks around it, which may be empty. Raises ``Conflict`` for a character that
    no free text may have (rule F-01)."""
    if problem := free_text.problem(text):
        raise Conflict(problem)
    return free_text.written(text)


@one_transaction()
def export(what: str, *, by: User) -> None:
    """Record that somebody downloads a list; the event belongs to that person's own stream.

    Raises ``NotAllowed`` for everyone who may not read the desk or, for the log, the audit log.
    """
    may_read = permissions.may_read_log if what == "log" else permissions.may_see_desk
    if not may_read(by):
        raise NotAllowed
    events.record(RegistrationEvent.DESK_EXPORTED, by=by, stream=by.pseudonym, objects=[f"export:{what}"])
