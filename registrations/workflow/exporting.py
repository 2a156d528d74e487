"""Records downloads from the desk in the audit log."""

from __future__ import annotations

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.events import RegistrationEvent
from registrations.workflow.verbs import one_transaction


@one_transaction()
def export(what: str, *, by: User) -> None:
    """Record that somebody downloads a list; the event belongs to that person's own stream.

    Raises ``NotAllowed`` for everyone who may not read the desk.
    """
    if not permissions.may_see_desk(by):
        raise NotAllowed
    events.record(RegistrationEvent.DESK_EXPORTED, by=by, stream=by.pseudonym, objects=[f"export:{what}"])
