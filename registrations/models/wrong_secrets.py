"""Wrong secrets that authorization servers were given for a client, counted by the hour."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from registrations.models.registration import Registration


class WrongSecretsQuerySet(models.QuerySet["WrongSecrets"]):
    def since(self, moment: datetime) -> Self:
        """Those of hours that began at this moment or later."""
        return self.filter(hour__gte=moment)


class WrongSecrets(models.Model):
    """How often a secret of this client was wrong in the hour that begins at ``hour``.

    Somebody may be guessing, or a partner may have deployed an old secret. Nobody is slowed down: client ids
    are public, so a stranger could lock out every client.
    """

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="wrong_secrets")
    hour = models.DateTimeField(db_index=True)
    times = models.PositiveBigIntegerField()

    objects = WrongSecretsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "hour"], name="wrong_secrets_one_row_an_hour"),
            models.CheckConstraint(condition=Q(times__gte=1), name="wrong_secrets_at_least_once"),
        ]

    def __str__(self) -> str:
        return f"{self.times} wrong secrets from {self.hour}"
