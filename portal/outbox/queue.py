"""Queue emails, requeue those that could not be sent, and hold all of them back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, Pause, State


def enqueue(kind: str, **ids: int | str) -> OutboxMessage:
    """Queue an email of this kind about the rows ``ids``, in the transaction of the change it reports.

    Raises RuntimeError outside a transaction. Never pass tokens or secrets as ids, and pass an address
    only if it has no account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An email is ordered in the transaction of the change that it tells of.")
    return OutboxMessage.objects.create(kind=kind, ids=ids)


def pause() -> None:
    """Let no worker send anything from the moment that this is committed until :func:`release`."""
    Pause.objects.get_or_create(pk=Pause.ROW)


def paused_since() -> datetime | None:
    """When the outbox was paused; None while emails are sent."""
    return Pause.objects.values_list("since", flat=True).first()


@dataclass(frozen=True)
class Waiting:
    """How many emails wait to be sent: those queued before the pause, and those queued since."""

    before: int
    since: int


def waiting(paused_at: datetime) -> Waiting:
    """What waits in an outbox that was paused then. A message without deliveries counts as one email."""
    counts = [
        Delivery.objects.filter(state=State.WAITING, **{f"message__created_at__{when}": paused_at}).count()
        + OutboxMessage.objects.filter(
            expanded_at=None, attempts__lt=MAX_ATTEMPTS, **{f"created_at__{when}": paused_at}
        ).count()
        for when in ("lte", "gt")
    ]
    return Waiting(*counts)


def release(*, drop_before: bool = False) -> None:
    """Let the workers send what waits.

    With ``drop_before``, what was queued before the pause is dropped: it may have been sent once already.
    """
    paused_at = paused_since()
    if paused_at and drop_before:
        old = OutboxMessage.objects.filter(created_at__lte=paused_at)
        old.filter(expanded_at=None).update(expanded_at=timezone.now())
        Delivery.objects.filter(message__in=old.values("pk"), state=State.WAITING).settle(State.DROPPED)
    Pause.objects.all().delete()


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
