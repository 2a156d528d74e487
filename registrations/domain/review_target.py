"""Until when a submission should be decided: so many working days after it arrived.

The setting ``PORTAL_REVIEW_TARGET_DAYS`` says how many. Working days are Monday to Friday in the time zone of
the given moment; holidays are ignored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_SATURDAY: Final = 5
_IN_A_WEEK: Final = 5


def after_working_days(start: datetime, days: int) -> datetime:
    """The same time of day ``days`` working days later.

    A start at a weekend counts as Monday at midnight.
    """
    moment = _on_a_working_day(start)
    weeks, rest = divmod(days, _IN_A_WEEK)
    moment += timedelta(weeks=weeks)
    over_weekend = moment.weekday() + rest >= _SATURDAY
    return moment + timedelta(days=rest + (2 if over_weekend else 0))


def is_within_working_days(start: datetime, end: datetime, days: int) -> bool:
    """Whether ``end`` is not later than ``days`` working days after the start; so many days never are."""
    return end - start <= timedelta(days=days) or end <= after_working_days(start, days)


def is_working_day(moment: datetime) -> bool:
    """Whether it is a Monday to Friday."""
    return moment.weekday() < _SATURDAY


def _on_a_working_day(moment: datetime) -> datetime:
    if is_working_day(moment):
        return moment
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=7 - moment.weekday())
