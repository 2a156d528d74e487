"""Queue emails and webhooks, requeue those that could not be sent, and hold all of them back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, Pause, State


def enqueue(kind: str, **ids: int | str) -> OutboxMessage:
    """Queue a message of this kind about the rows ``ids``, in the transaction of the change it reports.

    Raises RuntimeError outside a transaction. Never pass tokens or secrets as ids, and pass an address
    only if it has no account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A message is queued in the transaction of the change that it tells of.")
    return OutboxMessage.objects.create(kind=kind, ids=ids)


def pause() -> None:
    """Let no worker send anything from the moment that this is committed until :func:`release`.

    A pause that is there already begins anew: it may have come with a backup.
    """
    Pause.objects.update_or_create(pk=Pause.ROW, defaults={"since": timezone.now()})


def paused_since() -> datetime | None:
    """When the outbox was paused; None while messages are sent."""
    return Pause.objects.values_list("since", flat=True).first()


@dataclass(frozen=True)
class Waiting:
    """How many emails and webhooks wait to be sent: those queued before a moment, and those queued since."""

    before: int
    since: int


def waiting(moment: datetime) -> Waiting:
    """What waits in the outbox. A message without deliveries counts as one."""
    counts = [
        Delivery.objects.filter(state=State.WAITING, **{f"message__created_at__{when}": moment}).count()
        + OutboxMessage.objects.filter(
            expanded_at=None, attempts__lt=MAX_ATTEMPTS, **{f"created_at__{when}": moment}
        ).count()
        for when in ("lte", "gt")
    ]
    return Waiting(*counts)


def release(*, drop_before: datetime | None = None) -> None:
    """Let the workers send what waits.

    What was queued before ``drop_before`` is dropped: it may have been sent once already.
    """
    if drop_before:
        old = OutboxMessage.objects.filter(created_at__lte=drop_before)
        old.filter(expanded_at=None).update(expanded_at=timezone.now())
        Delivery.objects.filter(message__in=old.values("pk"), state=State.WAITING).settle(State.DROPPED)
    Pause.objects.all().delete()


def requeue(*, since: datetime | None = None, messages: Collection[UUID] = ()) -> tuple[int, int]:
    """Let the worker retry, with all its attempts, what it has given up on.

    Returns how many emails and webhooks could not be sent, and how many messages had recipients that could
    not be found. ``since`` limits both to messages queued since then, ``messages`` to those UUIDs.
    """
    wanted = OutboxMessage.objects.all()
    if since:
        wanted = wanted.filter(created_at__gte=since)
    if messages:
        wanted = wanted.filter(uuid__in=messages)
    anew = {"attempts": 0, "due_at": timezone.now()}
    dead = Delivery.objects.dead().filter(message__in=wanted.values("pk"))
    return dead.update(state=State.WAITING, **anew), wanted.unexpanded().update(**anew)


def has_undelivered() -> bool:
    """Whether the worker has given up on anything: one statement, which reads two small indexes."""
    dead = Delivery.objects.dead().values_list("pk")
    return dead.union(OutboxMessage.objects.unexpanded().values_list("pk")).exists()
