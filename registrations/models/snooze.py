"""Requests that a reviewer put off until a day."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from registrations.domain.lifecycle import RevisionStatus
from registrations.domain.waiting import WaitingOn
from registrations.models.columns import choices, one_of
from registrations.models.pkce import POSSIBLE_DAYS
from registrations.models.revision import Revision


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def of(self, person: User) -> Self:
        """Those of one person whose revision still waits for a decision."""
        return self.filter(person=person, revision__status=RevisionStatus.UNDER_REVIEW)

    def asleep_on(self, day: date) -> Self:
        """Those that last beyond the day."""
        return self.filter(until__gt=day)

    def due_on(self, day: date) -> Self:
        """Those that ended on the day or before."""
        return self.filter(until__lte=day)


class Snooze(models.Model):
    """A reviewer puts off a revision under review until the day ``until``, for themselves alone.

    The next revision of the registration is not snoozed. ``reason`` is shown on the desk only.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="snoozes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="snoozes")
    until = models.DateField()
    waiting_on = models.CharField(max_length=16, choices=choices(WaitingOn))
    reason = models.TextField()
    snoozed_at = models.DateTimeField()

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        ordering = ["until", "pk"]
        indexes = [models.Index(fields=["person", "until", "id"], name="snooze_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["revision", "person"], name="snooze_once_a_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="snooze_has_reason"),
            models.CheckConstraint(condition=one_of("waiting_on", WaitingOn), name="snooze_waiting_on_known"),
            models.CheckConstraint(condition=Q(until__range=POSSIBLE_DAYS), name="snooze_until_is_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} snoozed until {self.until}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"snooze:{self.uuid}"
