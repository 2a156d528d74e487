"""How long decisions take, read from the newest only, so that the cost does not grow with the years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

from django.db.models import QuerySet

from registrations.models import Revision
from registrations.rules.metadata import Metadata
from registrations.rules.vocabulary import Tier

USUAL_DAYS: Final = 30
"""How many days of decisions the usual wait is taken from."""
FEWEST: Final = 5
"""Decisions that it takes before a wait is called usual."""
MOST: Final = 500
"""Decisions that are read at most."""
_HOUR: Final = timedelta(hours=1)
_HALF_A_DAY: Final = 12 * _HOUR
_DAY: Final = timedelta(days=1)


class Decided(NamedTuple):
    """One decision of a reviewer."""

    submitted_at: datetime
    decided_at: datetime

    @property
    def wait(self) -> timedelta:
        return self.decided_at - self.submitted_at


def decisions(since: datetime) -> QuerySet[Revision]:
    """What reviewers decided, the newest first.

    Leaves out what its submitter withdrew, and what took effect or was adopted without a review.
    """
    return Revision.objects.reviewed().filter(decided_at__gte=since).order_by("-decided_at")


def read(since: datetime, *, most: int) -> list[Decided]:
    """The newest decisions, ``most`` at most: one statement."""
    rows = decisions(since).values_list("submitted_at", "decided_at")[:most]
    return [Decided(submitted, decided) for submitted, decided in rows if decided]


def median_wait(decided: Iterable[Decided]) -> timedelta | None:
    """The median wait, None without decisions."""
    waits = [one.wait.total_seconds() for one in decided]
    return timedelta(seconds=median(waits)) if waits else None


def usual_wait(now: datetime) -> timedelta | None:
    """The wait that a partner can expect; None with too few recent decisions."""
    recent = read(now - timedelta(days=USUAL_DAYS), most=MOST)
    return median_wait(recent) if len(recent) >= FEWEST else None


class ExpectedWait(NamedTuple):
    """What a page says about the wait: the usual one, unless two people decide, who take longer."""

    usual: timedelta | None = None
    needs_two: bool = False

    @classmethod
    def of(
        cls, wanted: Metadata, live: Metadata | None, tiers: Mapping[str, str], *, now: datetime
    ) -> ExpectedWait:
        """The wait for a decision on the record ``wanted``: one statement, none where two people decide.

        They do on a restricted scope that the live record does not have for the same reason.
        """
        granted = {(name, dict(live.scope_reasons).get(name)) for name in live.scope} if live else set()
        reasons = dict(wanted.scope_reasons)
        needs_two = any(
            tiers.get(name) == Tier.RESTRICTED and (name, reasons.get(name)) not in granted
            for name in wanted.scope
        )
        return cls(None if needs_two else usual_wait(now), needs_two)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to say about it."""
        return self.needs_two or self.usual is not None

    @property
    def in_words(self) -> str:
        """The usual wait in words; empty where it is not known, or does not apply."""
        return in_hours_or_days(self.usual)


def in_hours_or_days(wait: timedelta | None) -> str:
    """The wait in words, rounded up so that it is never understated; empty for None.

    From half a day on in days: nobody promises 22 hours.
    """
    if wait is None:
        return ""
    unit, name = (_HOUR, "hour") if wait <= _HALF_A_DAY else (_DAY, "day")
    number = max(1, -(-wait // unit))
    return f"{number}\N{NO-BREAK SPACE}{name}{'' if number == 1 else 's'}"
