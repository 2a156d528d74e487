"""Changes that take effect on submission without a review: the second half of ``drafting.submit``."""

from __future__ import annotations

from portal.audit import events
from portal.outbox import queue
from registrations.domain.lifecycle import REVISION, DecidedHow
from registrations.domain.rereview import SubmitOutcome
from registrations.events import RegistrationEvent
from registrations.models import Draft, Revision
from registrations.workflow.pkce import settle
from registrations.workflow.transitions import supersede_live


def make_way(revision: Revision) -> list[str]:
    """Supersede the live revision and mark the new one as decided by the rules; call before the insert.

    Returns the names of the objects that changed.
    """
    moved = supersede_live(revision.registration)
    revision.status, revision.decided_how = REVISION.starts["apply"], DecidedHow.RULES
    revision.decided_at, revision.decided_by = revision.submitted_at, revision.submitted_by
    return moved


def take_effect(revision: Revision, outcome: SubmitOutcome, moved: list[str]) -> None:
    """Finish after the insert: delete the draft, record the event and email the organisation.

    A PKCE exception that the record still requests stays in force; one that it dropped ends.
    """
    registration = revision.registration
    moved = moved + settle(registration, revision, now=revision.submitted_at)
    Draft.objects.filter(registration=registration).delete()
    events.record(
        RegistrationEvent.REVISION_APPLIED,
        by=revision.submitted_by,
        stream=registration.uuid,
        objects=[f"revision:{revision.number}", *moved],
        detail={"changed": [change.field for change in outcome.at_once]},
    )
    queue.enqueue("applied", revision_id=revision.pk)
