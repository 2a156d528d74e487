"""How far the daily deletion is of what was kept long enough."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Purge(models.Model):
    """The one row of the daily deletion: ``due_at`` is when it runs next, and ``counts`` what the present
    run has deleted so far, by subject, until its event says so.
    """

    ROW: Final = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    due_at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="purge_only_one")]

    def __str__(self) -> str:
        return f"purge due at {self.due_at}"
