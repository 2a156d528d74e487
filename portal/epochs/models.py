"""Epochs of the database: what was handed out before a backup was restored belongs to an earlier one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone


class EpochManager(models.Manager["Epoch"]):
    def newest_name(self) -> QuerySet[Epoch, uuid.UUID]:
        """The name of the epoch that runs, as one row or none; also a subquery."""
        return self.order_by("-pk").values_list("name", flat=True)[:1]

    def current(self) -> str:
        """The name of the epoch that runs; empty as long as no backup was restored.

        It is never kept in memory: a process that lives through a restore has to notice.
        """
        return "".join(str(name) for name in self.newest_name())


class Epoch(models.Model):
    """A time without a restore; the row with the highest key is the one that runs.

    The name is random, so that no two restores of the same backup begin the same epoch.
    """

    name = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    began_at = models.DateTimeField(default=timezone.now)

    objects = EpochManager()

    def __str__(self) -> str:
        return str(self.name)
