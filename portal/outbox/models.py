"""Emails and webhooks to send: one message for each change, one delivery for each recipient."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q
from django.utils import timezone

MAX_ATTEMPTS = 8


class State(models.TextChoices):
    """waiting ─sent→ sent, ─MAX_ATTEMPTS failures or a bug→ dead, ─no longer a recipient→ dropped"""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    DEAD = "dead", "Dead"
    DROPPED = "dropped", "Dropped"


class Pause(models.Model):
    """While its one row exists, no worker sends anything; what is queued waits."""

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="outbox_pause_only_one")]

    def __str__(self) -> str:
        return f"paused since {self.since}"


class MessageQuerySet(models.QuerySet["OutboxMessage"]):
    def free(self) -> Self:
        """Those without deliveries, unless the outbox is paused."""
        return self.filter(~Exists(Pause.objects.all()), expanded_at=None)

    def to_expand(self) -> Self:
        """The messages that are due and have no deliveries yet, the longest wait first."""
        waiting = self.free().filter(attempts__lt=MAX_ATTEMPTS, due_at__lte=timezone.now())
        return waiting.order_by("due_at", "pk")

    def unexpanded(self) -> Self:
        """Those whose recipients the worker has given up looking for."""
        return self.filter(expanded_at=None, attempts__gte=MAX_ATTEMPTS)

    def undelivered(self) -> Self:
        """Those that the worker has given up, wholly or for some recipients, the oldest first."""
        unexpanded = self.unexpanded().values("pk")
        dead = Delivery.objects.dead().values("message")
        return self.filter(Q(pk__in=unexpanded) | Q(pk__in=dead)).order_by("created_at", "pk")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def free(self) -> Self:
        """What no worker holds a lease on, unless the outbox is paused."""
        no_lease = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
        return self.filter(no_lease, ~Exists(Pause.objects.all()))

    def due(self) -> Self:
        """The deliveries to send now, the longest wait first."""
        waiting = self.free().filter(
            state=State.WAITING, due_at__lte=timezone.now(), attempts__lt=MAX_ATTEMPTS
        )
        return waiting.order_by("due_at", "pk")

    def by_server(self) -> Iterator[Self]:
        """The deliveries of each server that has any: the targets of webhooks, then the mail server."""
        targets = self.order_by("-target").values_list("target", flat=True).distinct()
        return (self.filter(target=target) for target in targets)

    def dead(self) -> Self:
        """The deliveries that the worker has given up."""
        return self.filter(state=State.DEAD)

    def abandoned(self) -> Self:
        """The deliveries whose worker died during the last attempt."""
        return self.filter(state=State.WAITING, attempts__gte=MAX_ATTEMPTS, lease_until__lte=timezone.now())

    def settle(self, state: State, **columns: Any) -> int:
        """Set the state and end the lease; returns how many rows there were."""
        return self.update(state=state, lease_by="", lease_until=None, **columns)


class OutboxMessage(models.Model):
    """A queued email or webhook about a change, written in the transaction of that change.

    ``ids`` names the rows that it is about; their content is read when it is sent. The worker
    gives up on a message, keeping ``last_error``, when MAX_ATTEMPTS to find its recipients have failed,
    or at the first attempt that meets a bug.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=64, db_column="letter")
    ids = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    expanded_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=100, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind=""), name="outbox_message_has_letter"),
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_ATTEMPTS), name="outbox_message_attempts_bounded"
            ),
        ]
        indexes = [
            models.Index("due_at", name="outbox_message_to_expand", condition=Q(expanded_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.uuid}"

    def claim(self, *, due_at: datetime) -> bool:
        """Count an attempt, unless another worker did; in case this one dies, the next is at ``due_at``."""
        same = OutboxMessage.objects.free().filter(pk=self.pk, attempts=self.attempts)
        return bool(same.update(attempts=F("attempts") + 1, due_at=due_at))


class Delivery(models.Model):
    """One email to one recipient, a user or an address that has no account; or one webhook to its target.

    ``target`` is the name of the target; the settings have its URL. The lease says which worker is sending
    it, and until when no other worker may.
    """

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.EmailField(max_length=254, blank=True)
    target = models.CharField(max_length=16, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=32, blank=True)
    last_error = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="", target="")
                | Q(recipient=None, target="") & ~Q(address="")
                | Q(recipient=None, address="") & ~Q(target=""),
                name="delivery_to_account_address_or_target",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | (~Q(state=State.SENT) & Q(sent_at=None)),
                name="delivery_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(lease_until=None, lease_by="")
                | (Q(lease_until__isnull=False, state=State.WAITING) & ~Q(lease_by="")),
                name="delivery_leased_only_while_waiting",
            ),
            models.CheckConstraint(condition=Q(attempts__lte=MAX_ATTEMPTS), name="delivery_attempts_bounded"),
            models.UniqueConstraint(
                F("message"), F("recipient"), condition=Q(address=""), name="delivery_once_an_account"
            ),
            models.UniqueConstraint(
                F("message"), F("address"), condition=Q(recipient=None), name="delivery_once_an_address"
            ),  # where a message goes to a target, to that one alone: its address is empty
        ]
        indexes = [
            models.Index("due_at", name="delivery_waiting", condition=Q(state=State.WAITING)),
            models.Index("message", name="delivery_dead", condition=Q(state=State.DEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.state}"

    @property
    def means(self) -> str:
        """What it is called in the log."""
        return "webhook" if self.target else "email"

    def claim(self, *, lease: str, until: datetime) -> bool:
        """Take the lease and count an attempt, unless another worker did."""
        same = Delivery.objects.free().filter(pk=self.pk, state=State.WAITING, attempts=self.attempts)
        return bool(same.update(lease_by=lease, lease_until=until, attempts=F("attempts") + 1))
