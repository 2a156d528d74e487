"""Order an email, and order again what could not be sent."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, State


def enqueue(kind: str, **ids: int | str) -> OutboxMessage:
    """Order the email ``kind`` about the rows ``ids``, in the transaction of the change that it tells of.

    Raises RuntimeError outside a transaction. Tokens and secrets are never among the ids, and an
    address only where there is no account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An email is ordered in the transaction of the change that it tells of.")
    return OutboxMessage.objects.create(kind=kind, ids=ids)


def requeue(*, since: datetime | None = None, messages: Collection[UUID] = ()) -> tuple[int, int]:
    """Let the worker try again, from the first attempt, what it has given up.

    Answers with the number of emails that could not be sent, and of messages whose recipients could not be
    found out. ``since`` leaves out what was ordered before, ``messages`` all but those.
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
