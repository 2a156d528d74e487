"""The counters of rate limits and of wrong passwords."""

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


class GuessCounter(models.Model):
    """How many wrong passwords one account, device or network has had in its current window.

    ``key`` is a keyed hash. ``accounts`` is how many different accounts failed from a network, and ``seen``
    has one bit for each, so that the same one counts once; two may share a bit, which is in their favour.
    Times are seconds since 1970: until ``delayed_until`` no password is checked, and ``told_at`` is when the
    owner was told.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    accounts = models.PositiveIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    delayed_until = models.BigIntegerField(default=0)
    window_ends = models.BigIntegerField(db_index=True)
    told_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.failures} until {self.window_ends}"


class FailedSignIns(models.Model):
    """The failed sign-ins of one hour that leave no event of their own; ``hour`` is in seconds since 1970."""

    hour = models.BigIntegerField(primary_key=True)
    delayed = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delayed__gte=1) | models.Q(unknown__gte=1), name="failed_sign_ins_of_some"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delayed} delayed, {self.unknown} unknown"
