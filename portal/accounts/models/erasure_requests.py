"""Accounts that one superuser asks to erase, and a second one confirms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models.people import User
from portal.accounts.models.staff_requests import StaffRequestStatus


class ErasureRequest(models.Model):
    """One request. Nothing is erased before somebody other than ``requested_by`` confirms it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=16, choices=StaffRequestStatus, default=StaffRequestStatus.OPEN)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("requested_by")),
                name="erasure_request_takes_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("requested_by"))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("person"))),
                name="erasure_request_not_about_oneself",
            ),
            models.CheckConstraint(
                condition=Q(status=StaffRequestStatus.OPEN, confirmed_by=None, ended_at=None)
                | Q(status=StaffRequestStatus.WITHDRAWN, confirmed_by=None, ended_at__isnull=False)
                | Q(status=StaffRequestStatus.CONFIRMED, confirmed_by__isnull=False, ended_at__isnull=False),
                name="erasure_request_confirmed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status=StaffRequestStatus.OPEN),
                name="erasure_request_open_once_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.person_id} · {self.status}"
