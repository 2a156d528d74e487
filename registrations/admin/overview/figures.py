"""The figures of the overview, each from an index and a bounded number of rows, and their chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from registrations.admin.states import PARAMETER, STATES, rows_of
from registrations.models import PkceException, Revision
from registrations.queries.turnaround import median_wait, read

WEEKS: Final = 26
MOST_COUNTED: Final = 10_000
"""The most registrations counted in a state; beyond that, the page says that there are more."""
MOST_DECISIONS: Final = 20_000
MOST_REVISIONS: Final = 1000
"""How many of the newest revisions have their findings counted."""
MOST_ENDING: Final = 50
MOST_RULES: Final = 10
ENDING_DAYS: Final = 30
_COUNTED: Final = [key for key in STATES if key not in ("all", "changes_requested")]
"""Every state but ``all``, which holds the others, and ``changes_requested``, part of ``partner``."""


class Count(NamedTuple):
    """How many registrations are in a state; ``more`` if there are more than were counted."""

    words: str
    number: int
    more: bool
    url: str


class Week(NamedTuple):
    """The decisions of one week, from Monday in UTC; the median wait in hours."""

    monday: datetime
    decisions: int
    hours: float | None


class Bar(NamedTuple):
    """The bar of one week: its position and size."""

    x: float
    y: float
    width: float
    height: float


class Chart:
    """The weeks as coordinates for an SVG: a bar for the decisions, a line for their median wait.

    Both scales begin at zero; ``most`` decisions and the ``longest`` wait reach the top. ``points``
    leaves out the weeks without a decision, and is empty if every median wait is zero.
    """

    width: Final = 780
    height: Final = 180
    gap: Final = 6

    def __init__(self, weeks: Sequence[Week]) -> None:
        self.most = max((week.decisions for week in weeks), default=0)
        self.longest = max((week.hours or 0 for week in weeks), default=0)
        step = self.width / max(len(weeks), 1)
        self.bars, self.points = list[Bar](), list[tuple[float, float]]()
        for place, week in enumerate(weeks):
            rise = self.rise(week.decisions, self.most)
            left = round(place * step + self.gap / 2, 1)
            self.bars.append(Bar(left, round(self.height - rise, 1), round(step - self.gap, 1), rise))
            if week.hours is not None and self.longest:
                top = round(self.height - self.rise(week.hours, self.longest), 1)
                self.points.append((round((place + 0.5) * step, 1), top))

    def rise(self, value: float, most: float) -> float:
        """How far above the axis a value stands, where ``most`` stands at the top."""
        return round(self.height * value / most, 1) if most else 0

    @property
    def line(self) -> str:
        """The points as the attribute of a polyline."""
        return " ".join(f"{x},{y}" for x, y in self.points)


def counts() -> list[Count]:
    """Count the registrations in each state; one query per state."""
    queue, found = reverse("admin:registrations_registration_changelist"), []
    for key in _COUNTED:
        rows = rows_of(key).order_by(*STATES[key].order).values("pk")
        number = rows[: MOST_COUNTED + 1].count()
        url = f"{queue}?{urlencode({PARAMETER: key})}"
        found.append(Count(STATES[key].words, min(number, MOST_COUNTED), number > MOST_COUNTED, url))
    return found


def oldest() -> Revision | None:
    """The revision that has waited longest for a decision."""
    waiting = Revision.objects.under_review().select_related("registration")
    return waiting.order_by("submitted_at", "pk").first()


def weeks() -> list[Week]:
    """The last :data:`WEEKS` weeks, oldest first, including this one."""
    now = timezone.now()
    this = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    mondays = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    decided = read(mondays[0], most=MOST_DECISIONS)
    found = []
    for monday in mondays:
        own = [one for one in decided if monday <= one.decided_at < monday + timedelta(weeks=1)]
        wait = median_wait(own)
        found.append(Week(monday, len(own), None if wait is None else round(wait.total_seconds() / 3600, 1)))
    return found


def ending() -> list[PkceException]:
    """The PKCE exceptions that end soon, the soonest first."""
    today = timezone.now().date()
    soon = (today, today + timedelta(days=ENDING_DAYS))
    rows = PkceException.objects.in_force().filter(expires_on__range=soon)
    return list(rows.select_related("registration", "revision").order_by("expires_on", "pk")[:MOST_ENDING])


def frequent_findings() -> list[tuple[str, int]]:
    """The rules that warned most often in the newest revisions, each counted once per revision."""
    stored = Revision.objects.order_by("-pk").values_list("findings", flat=True)[:MOST_REVISIONS]
    rules = [{finding["rule"] for finding in findings if "rule" in finding} for findings in stored]
    return Counter(chain.from_iterable(rules)).most_common(MOST_RULES)
