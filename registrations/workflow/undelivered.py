"""The verb that lets the worker send again what it has given up."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.events import RegistrationEvent
from registrations.workflow.verbs import one_transaction


@one_transaction()
def send_again(messages: Collection[UUID], *, by: User) -> None:
    """Let the worker send these emails and webhooks again, each only to those who have not got it.

    Raises ``NotAllowed`` for everybody but leads, and ``Conflict`` where nothing of them is undelivered any
    more: somebody was faster.
    """
    if not permissions.may_send_again(by):
        raise NotAllowed("Only leads can send undelivered emails and webhooks again.")
    undelivered = OutboxMessage.objects.undelivered().filter(uuid__in=messages)
    found = list(undelivered.values_list("uuid", flat=True))
    # read again by the update, which waits for whoever is at the same
    if not found or not any(queue.requeue(messages=found)):
        raise Conflict("None of this is undelivered any more: it was sent again in the meantime.")
    events.record(
        RegistrationEvent.UNDELIVERED_REQUEUED,
        by=by,
        stream=by.pseudonym,
        objects=[f"outbox:{uuid}" for uuid in found],
    )
