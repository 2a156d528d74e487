"""How far the feed of changes to clients has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FeedState(models.Model):
    """The one row that whoever gives positions in the feed locks, so that they become visible in order.

    ``next_position`` is given to the next client that changed.
    """

    next_position = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="feed_state_is_one_row"),
            models.CheckConstraint(condition=Q(next_position__gte=1), name="feed_state_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"next position {self.next_position}"
