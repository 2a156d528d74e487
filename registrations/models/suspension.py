"""Suspensions of clients by staff, with their reasons."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registrations.models.columns import all_or_none
from registrations.models.registration import Registration


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def in_force(self) -> Self:
        """Those that nobody has lifted: at most one of each registration."""
        return self.filter(lifted_at=None)


class Suspension(models.Model):
    """One suspension of one client.

    ``reason`` is what staff wrote to the partner, ``note`` what they added when they reinstated the
    client. Closing a suspended client lifts its suspension, by the person who closes it.
    """

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    suspended_at = models.DateTimeField()
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["-suspended_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_has_reason"),
            models.CheckConstraint(
                condition=all_or_none("lifted_at", "lifted_by"),
                name="suspension_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(note="") | Q(lifted_at__isnull=False), name="suspension_note_only_when_lifted"
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(lifted_at__isnull=True), name="suspension_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk} of {self.registration_id}"

    @property
    def audit_name(self) -> str:
        """Its name in the audit log."""
        return f"suspension:{self.pk}"
