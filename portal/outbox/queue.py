"""Queue emails, and requeue those that could not be sent."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, State


def enqueue(kind: str, **ids: int | str) -> OutboxMessage:
    """Queue an email of this kind about the rows ``ids``, in the transaction of the change it reports.

    Raises RuntimeError outside a transaction. Never pass tokens or secrets as ids, and pass an address
    only if it has no account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An email is ordered in the transaction of the change that it tells of.")
    return OutboxMessage.objects.create(kind=kind, ids=ids)


def requeue(*, since: datetime | None = None, messages: Collection[UUID] = ()) -> tuple[int, int]:
    """Let the worker retry, with all its attempts, what it has given up on.

    Returns how many emails could not be sent, and how many messages had recipients that could not be
    found. ``since`` limits both to messages queued since then, ``messages`` to those UUIDs.
    """
    wanted = OutboxMessage.objects.all()
    if since:
        wanted = wanted.filter(created_at__gte=since)
    if messages:
        wanted = wanted.filter(uuid__in=messages)
    anew = {"attempts": 0, "due_at": timezone.now()}
    dead = Delivery.objects.filter(state=State.DEAD, message__in=wanted.values("pk"))
    unexpanded = wanted.filter(expanded_at=None, attempts__gte=MAX_ATTEMPTS)
    return dead.update(state=State.WAITING, **anew), unexpanded.update(**anew)
