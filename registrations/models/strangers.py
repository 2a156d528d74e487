"""Tries of strangers on a registration, counted until they become one event an hour."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from registrations.models.registration import Registration


class StrangersTries(models.Model):
    """How often people who may not see a registration tried a verb on it in the hour that begins at ``hour``.

    The worker deletes the row when it writes the event, so every try is in one of the two.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="strangers_tries")
    hour = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "hour"], name="strangers_tries_one_row_an_hour"),
            models.CheckConstraint(condition=Q(tries__gte=1), name="strangers_tries_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.tries} tries from {self.hour}"
