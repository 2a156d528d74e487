"""Write events to the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from portal.audit.models import Event, Outcome
from portal.audit.names import EventName

SYSTEM = "system"
"""The actor of timed jobs and commands, where no person acted."""


class Actor(Protocol):
    """Anybody with a pseudonym; the log identifies people by nothing else."""

    pseudonym: UUID


def record(
    verb: EventName,
    *,
    by: Actor | None,
    stream: UUID,
    objects: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record the event of a verb that succeeded, in the verb's own transaction.

    ``objects`` are names like "revision:2". Raises RuntimeError outside a transaction: the event
    and the change have to be committed together or not at all.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of the change that it tells of.")
    return _write(verb, Outcome.DONE, by=by, stream=stream, objects=objects, detail=detail)


def record_refusal(
    verb: EventName,
    *,
    by: Actor | None,
    stream: UUID,
    outcome: str = Outcome.REFUSED,
    objects: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record the event of a verb that was refused or failed, in a separate transaction.

    Call it after the verb's transaction was rolled back. Raises RuntimeError inside a transaction.
    """
    with transaction.atomic(durable=True):
        return _write(verb, Outcome(outcome), by=by, stream=stream, objects=objects, detail=detail)


def _write(
    verb: EventName,
    outcome: Outcome,
    *,
    by: Actor | None,
    stream: UUID,
    objects: Sequence[str],
    detail: Mapping[str, Any] | None,
) -> Event:
    return Event.objects.create(
        verb=verb,
        outcome=outcome,
        actor=str(by.pseudonym) if by else SYSTEM,
        stream=stream,
        moved=list(objects),
        detail=dict(detail or {}),
    )
