"""When clients and secrets were last used, as authorization servers report it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from registrations.models.columns import choices, exactly_when, one_of
from registrations.models.registration import Registration
from registrations.models.secret import ClientSecret
from registrations.rules.vocabulary import Environment


class LastUse(models.Model):
    """When a client, or one of its secrets, was last used. The moment never moves back.

    It has a table of its own: only the first use of a client or secret waits for a verb that holds it.
    """

    registration = models.OneToOneField(
        Registration, null=True, on_delete=models.PROTECT, related_name="last_use"
    )
    secret = models.OneToOneField(ClientSecret, null=True, on_delete=models.PROTECT, related_name="last_use")
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_when(Q(registration__isnull=True), "secret"),
                name="last_use_of_either_client_or_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"last used {self.last_used_at}"


class UsageReports(models.Model):
    """From when until when the server of an environment reported usage: silence means something only then."""

    environment = models.CharField(max_length=16, choices=choices(Environment), unique=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "usage reports"
        constraints = [
            models.CheckConstraint(
                condition=one_of("environment", Environment), name="usage_reports_environment_known"
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("first_at")), name="usage_reports_in_order"),
        ]

    def __str__(self) -> str:
        return f"usage reports of {self.environment}"
