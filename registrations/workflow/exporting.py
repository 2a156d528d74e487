"""What leaves the desk as a file is on record."""

from __future__ import annotations

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.events import RegistrationEvent
from registrations.workflow.verbs import one_transaction


@one_transaction()
def export(what: str, *, by: User) -> None:
    """Note that somebody takes a list along; the event is part of that person's own story.

    Raises ``NotAllowed`` for everyone who may not read the desk.
    """
    if not permissions.may_see_desk(by):
        raise NotAllowed
    events.record(RegistrationEvent.DESK_EXPORTED, by=by, stream=by.pseudonym, objects=[f"export:{what}"])
