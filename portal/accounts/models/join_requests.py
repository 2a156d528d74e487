"""Requests of people to be let into the organisation of their colleagues (rule O-02)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models.people import Organisation, User


class JoinRequestStatus(models.TextChoices):
    """open ─accept→ accepted      open ─refuse→ refused"""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"


class JoinRequest(models.Model):
    """One person's request to one organisation. Who asked never learns which organisation it is.

    ``decided_by`` is empty for somebody who was erased.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="join_requests")
    status = models.CharField(max_length=8, choices=JoinRequestStatus, default=JoinRequestStatus.OPEN)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="join_request_once"),
            models.CheckConstraint(
                condition=Q(status__in=JoinRequestStatus.values), name="join_request_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=JoinRequestStatus.OPEN, decided_at=None, decided_by=None)
                | (~Q(status=JoinRequestStatus.OPEN) & Q(decided_at__isnull=False)),
                name="join_request_open_until_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} · {self.status}"
