"""The counters of rate limits."""

from django.db import models


class LimitCounter(models.Model):
    """How often one key has used one limit in its current window; ``key`` is a keyed hash of both."""

    key = models.CharField(max_length=64, primary_key=True)
    spent = models.PositiveIntegerField()
    window_ends = models.BigIntegerField(db_index=True)
    """Seconds since 1970."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(spent__gte=1), name="limit_counter_spent_something"),
        ]

    def __str__(self) -> str:
        return f"{self.spent} until {self.window_ends}"
