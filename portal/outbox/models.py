"""Emails to send: one message for each change, one delivery for each recipient."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

MAX_ATTEMPTS = 8


class OutboxMessage(models.Model):
    """A queued email about a change, written in the transaction of that change.

    ``ids`` names the rows that the email is about; their content is read when it is sent. The worker
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


class State(models.TextChoices):
    """waiting ─sent→ sent, ─MAX_ATTEMPTS failures or a bug→ dead, ─no longer a recipient→ dropped"""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    DEAD = "dead", "Dead"
    DROPPED = "dropped", "Dropped"


class Delivery(models.Model):
    """One email to one recipient: a user, or an address that has no account.

    The lease says which worker is sending it, and until when no other worker may.
    """

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.EmailField(max_length=254, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=32, blank=True)
    last_error = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(recipient=None) ^ Q(address=""), name="delivery_to_account_or_address"
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
            ),
        ]
        indexes = [
            models.Index("due_at", name="delivery_waiting", condition=Q(state=State.WAITING)),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.state}"
