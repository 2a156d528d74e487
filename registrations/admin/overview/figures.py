"""The figures of the overview, each from an index and a bounded number of rows, and their charts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from portal.epochs.models import Epoch
from registrations.admin.log_filters import DECISIONS
from registrations.admin.states import PARAMETER, STATES, bare_rows_of
from registrations.domain.review_target import is_within_working_days
from registrations.models import PkceException, Revision
from registrations.queries.turnaround import Decided, decisions

WEEKS: Final = 12
WEEKS_EXPORTED: Final = 26
RECENT: Final = 4
"""The weeks whose share of decisions within the target is said in words."""
DATE_EVERY: Final = 3
"""Every so many weeks, a date stands below the chart."""
MOST_COUNTED: Final = 10_000
"""The most registrations counted in a state; beyond that, the page says that there are more."""
MOST_DECISIONS: Final = 1000
"""The most decisions counted in a week."""
MOST_READ: Final = 200
"""The newest decisions of a week, whose waits are read."""
MOST_REVISIONS: Final = 1000
"""How many of the newest revisions have their findings counted."""
MOST_ENDING: Final = 50
MOST_RULES: Final = 10
ENDING_DAYS: Final = 30
_PARTS: Final = ("all", "no_secret", "changes_requested")
"""``all`` holds the others, and the other two are parts of ``live`` and ``partner``."""
_COUNTED: Final = [key for key in STATES if key not in _PARTS]
KEPT_SECONDS: Final = 3600
"""How long the figures of a week that is over are kept: nobody decides in it any more."""


class Count(NamedTuple):
    """How many registrations are in a state; ``more`` if there are more than were counted."""

    words: str
    number: int
    more: bool
    url: str


class Week(NamedTuple):
    """The decisions of one week, from Monday in UTC.

    ``hours`` is their median wait, ``within`` how many of the ``read`` ones kept the review target; both are
    taken from the newest :data:`MOST_READ`. ``more`` says that there are more ``decisions`` than counted.
    """

    monday: datetime
    decisions: int
    more: bool
    hours: float | None
    within: int
    read: int

    @property
    def share(self) -> int | None:
        """How many of a hundred decisions kept the target, rounded down; None without decisions."""
        return 100 * self.within // self.read if self.read else None

    @property
    def log_query(self) -> str:
        """The filters of the audit log that list its decisions."""
        sunday = self.monday + timedelta(days=6)
        days = {"since": self.monday.date().isoformat(), "until": sunday.date().isoformat()}
        return urlencode({"verb": DECISIONS, **days})


class Kept(NamedTuple):
    """How many of the decisions of the last :data:`RECENT` weeks kept the review target."""

    within: int
    read: int
    since: datetime

    @property
    def share(self) -> int:
        return 100 * self.within // self.read

    @property
    def log_query(self) -> str:
        return urlencode({"verb": DECISIONS, "since": self.since.date().isoformat()})


class ByReviewer(NamedTuple):
    """The decisions of one reviewer in the last :data:`RECENT` weeks, as :class:`Week` has those of all."""

    name: str
    decisions: int
    hours: float
    within: int
    log_query: str

    @property
    def share(self) -> int:
        return 100 * self.within // self.decisions


class Bar(NamedTuple):
    """The bar of one week: its position and size."""

    x: float
    y: float
    width: float
    height: float


class Label(NamedTuple):
    """A value beside its line, or a date below its bar."""

    x: float
    y: float
    words: str


class Chart:
    """One measure of the weeks as coordinates for an SVG: bars, with values and dates along the axes.

    The scale begins at zero and ends at a round value, ``top``. A week without a decision has no bar.
    """

    width: Final = 360
    height: Final = 190
    left: Final = 44
    floor: Final = 160
    ceiling: Final = 12
    gap: Final = 4

    def __init__(
        self,
        key: str,
        title: str,
        values: Sequence[tuple[datetime, float | None]],
        *,
        top: int = 0,
        unit: str = "",
    ) -> None:
        self.key, self.title = key, title
        known = [value for _, value in values if value is not None]
        self.is_empty = not any(known) and not (top and known)
        self.top = top or _round_above(max(known, default=0))
        self.values = [
            Label(self.left, self._y(value), f"{value}{unit}") for value in (0, self.top // 2, self.top)
        ]
        step = (self.width - self.left) / max(len(values), 1)
        self.bars, self.dates = list[Bar](), list[Label]()
        for place, (monday, value) in enumerate(values):
            begin = self.left + place * step
            if value is not None:
                y = self._y(value)
                bar = Bar(
                    round(begin + self.gap / 2, 1), y, round(step - self.gap, 1), round(self.floor - y, 1)
                )
                self.bars.append(bar)
            if place % DATE_EVERY == 0:
                self.dates.append(Label(round(begin + step / 2, 1), self.floor, f"{monday.day} {monday:%b}"))

    def _y(self, value: float) -> float:
        return round(self.floor - (self.floor - self.ceiling) * value / self.top, 1)


def _round_above(most: float) -> int:
    """The next round number that is not below, and that has a whole half."""
    return next(base * 10**power for power in range(12) for base in (2, 4, 10) if base * 10**power >= most)


def counts() -> list[Count]:
    """Count the registrations in each state; one query per state."""
    queue, found = reverse("admin:registrations_registration_changelist"), []
    for key in _COUNTED:
        rows = bare_rows_of(key).order_by(*STATES[key].order).values("pk")
        number = rows[: MOST_COUNTED + 1].count()
        url = f"{queue}?{urlencode({PARAMETER: key})}"
        found.append(Count(STATES[key].words, min(number, MOST_COUNTED), number > MOST_COUNTED, url))
    return found


def oldest() -> Revision | None:
    """The revision that has waited longest for a decision."""
    waiting = Revision.objects.under_review().select_related("registration")
    return waiting.order_by("submitted_at", "pk").first()


def weeks(number: int = WEEKS) -> list[Week]:
    """The last weeks, oldest first, including this one: two statements for each at most.

    Those that are over are read once an hour.
    """
    now = timezone.now()
    this = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    over = [this - timedelta(weeks=back) for back in reversed(range(1, number))]
    about = (this.date(), number, settings.PORTAL_REVIEW_TARGET_DAYS, Epoch.objects.current())
    key = ":".join(map(str, ("overview.weeks", *about)))
    kept = cache.get(key)
    if kept is None:
        kept = [tuple(_week(monday)) for monday in over]
        cache.set(key, kept, KEPT_SECONDS)
    return [*(Week(*values) for values in kept), _week(this)]


def _week(monday: datetime) -> Week:
    rows = decisions(monday).filter(decided_at__lt=monday + timedelta(weeks=1))
    newest = rows.values_list("submitted_at", "decided_at")[:MOST_READ]
    read = [Decided(submitted, decided) for submitted, decided in newest if decided]
    number = len(read)
    if number == MOST_READ:
        number = rows.values("pk")[: MOST_DECISIONS + 1].count()
    return Week(
        monday,
        min(number, MOST_DECISIONS),
        more=number > MOST_DECISIONS,
        hours=_median_hours(read) if read else None,
        within=_within(read),
        read=len(read),
    )


def by_reviewer(found: Sequence[Week]) -> list[ByReviewer]:
    """Who decided in the last weeks, most decisions first: one statement, of the newest decisions."""
    since = found[-RECENT:][0].monday
    person = ("decided_by__pseudonym", "decided_by__full_name", "decided_by__email")
    rows = decisions(since).values_list(*person, "submitted_at", "decided_at")[:MOST_DECISIONS]
    own = defaultdict[tuple[UUID, str], list[Decided]](list)
    for pseudonym, full_name, email, submitted_at, decided_at in rows:
        own[pseudonym, full_name or email].append(Decided(submitted_at, decided_at))
    people = []
    for (pseudonym, name), read in own.items():
        query = {"verb": DECISIONS, "person": pseudonym, "since": since.date().isoformat()}
        people.append(ByReviewer(name, len(read), _median_hours(read), _within(read), urlencode(query)))
    return sorted(people, key=lambda one: (-one.decisions, one.name))


def _median_hours(read: Sequence[Decided]) -> float:
    return round(median(one.wait.total_seconds() for one in read) / 3600, 1)


def _within(read: Sequence[Decided]) -> int:
    """How many kept the review target."""
    days = settings.PORTAL_REVIEW_TARGET_DAYS
    return sum(is_within_working_days(one.submitted_at, one.decided_at, days) for one in read)


def kept(found: Sequence[Week]) -> Kept | None:
    """How well the last weeks kept the target; None without decisions."""
    recent = found[-RECENT:]
    read = sum(week.read for week in recent)
    return Kept(sum(week.within for week in recent), read, recent[0].monday) if read else None


def charts(found: Sequence[Week]) -> list[Chart]:
    """The charts of the weeks, each of one measure."""
    return [
        Chart("decisions", "Decisions per week", [(week.monday, week.decisions) for week in found]),
        Chart("hours", "Median hours to a decision", [(week.monday, week.hours) for week in found]),
        Chart(
            "target",
            "Decided within the target",
            [(week.monday, week.share) for week in found],
            top=100,
            unit="\N{NO-BREAK SPACE}%",
        ),
    ]


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
