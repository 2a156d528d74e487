"""Write events to the audit log."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import connection, transaction

from portal.audit.models import Event, Outcome
from portal.audit.names import EventName
from portal.observability import current_request_id

SYSTEM = "system"
"""The actor of timed jobs and commands, where no person acted."""


_REVISION: Final = "revision:"
_concerned: ContextVar[UUID | None] = ContextVar("organisation of the audit log", default=None)


class Actor(Protocol):
    """Anybody with a pseudonym; the log identifies people by nothing else."""

    pseudonym: UUID


@contextmanager
def concerning(organisation: UUID) -> Iterator[None]:
    """Let the events that are recorded meanwhile name this organisation, unless they name another one."""
    before = _concerned.set(organisation)
    try:
        yield
    finally:
        _concerned.reset(before)


def record(
    verb: EventName,
    *,
    by: Actor | None,
    stream: UUID,
    organisation: UUID | None = None,
    objects: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record the event of a verb that succeeded, in the verb's own transaction.

    ``organisation`` is the one concerned, if the event is not recorded within :func:`concerning`.
    ``objects`` are names like "revision:2", the one that it is about first. Raises RuntimeError outside a
    transaction: the event and the change have to be committed together or not at all.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of the change that it tells of.")
    event = _event(verb, by=by, stream=stream, organisation=organisation, objects=objects, detail=detail)
    event.save(force_insert=True)
    return event


def record_refusal(
    verb: EventName,
    *,
    by: Actor | None,
    stream: UUID,
    outcome: str = Outcome.REFUSED,
    organisation: UUID | None = None,
    objects: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Record the event of a verb that was refused or failed, in a separate transaction.

    Call it after the verb's transaction was rolled back. Raises RuntimeError inside a transaction.
    """
    event = _event(verb, by=by, stream=stream, organisation=organisation, objects=objects, detail=detail)
    event.outcome = Outcome(outcome)
    with transaction.atomic(durable=True):
        event.save(force_insert=True)
    return event


def _event(
    verb: EventName,
    *,
    by: Actor | None,
    stream: UUID,
    organisation: UUID | None,
    objects: Sequence[str],
    detail: Mapping[str, Any] | None,
) -> Event:
    revisions = (name.removeprefix(_REVISION) for name in objects if name.startswith(_REVISION))
    return Event(
        verb=verb,
        actor=str(by.pseudonym) if by else SYSTEM,
        stream=stream,
        organisation=organisation or _concerned.get(),
        request_id=current_request_id(),
        moved=list(objects),
        object=next(iter(objects), ""),
        version=next(map(int, revisions), None),
        detail=dict(detail or {}),
    )
