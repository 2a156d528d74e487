"""The figures of the overview, each from an index and a bounded number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from registrations.admin.states import PARAMETER, STATES, rows_of
from registrations.domain.lifecycle import PkceStatus, RevisionStatus
from registrations.models import PkceException, Revision
from registrations.queries.turnaround import Decided, median_wait, read

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


def counts() -> list[Count]:
    """Count the registrations in each state; one query per state."""
    queue = reverse("admin:registrations_registration_changelist")
    return [_count(key, f"{queue}?{urlencode({PARAMETER: key})}") for key in _COUNTED]


def _count(key: str, url: str) -> Count:
    rows = rows_of(key).order_by(*STATES[key].order).values("pk")
    number = rows[: MOST_COUNTED + 1].count()
    return Count(STATES[key].words, min(number, MOST_COUNTED), number > MOST_COUNTED, url)


def oldest() -> Revision | None:
    """The revision that has waited longest for a decision."""
    waiting = Revision.objects.filter(status=RevisionStatus.UNDER_REVIEW).select_related("registration")
    return waiting.order_by("submitted_at", "pk").first()


def weeks() -> list[Week]:
    """The last :data:`WEEKS` weeks, oldest first, including this one."""
    now = timezone.now()
    this = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    mondays = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    decided = read(mondays[0], most=MOST_DECISIONS)
    return [_week(monday, decided) for monday in mondays]


def _week(monday: datetime, decided: Sequence[Decided]) -> Week:
    over = monday + timedelta(weeks=1)
    own = [one for one in decided if monday <= one.decided_at < over]
    wait = median_wait(own)
    return Week(monday, len(own), None if wait is None else round(wait.total_seconds() / 3600, 1))


def ending() -> list[PkceException]:
    """The PKCE exceptions that end soon, the soonest first."""
    today = timezone.now().date()
    soon = (today, today + timedelta(days=ENDING_DAYS))
    rows = PkceException.objects.filter(status=PkceStatus.IN_FORCE, expires_on__range=soon)
    return list(rows.select_related("registration", "revision").order_by("expires_on", "pk")[:MOST_ENDING])


def frequent_findings() -> list[tuple[str, int]]:
    """The rules that warned most often in the newest revisions, each counted once per revision."""
    stored = Revision.objects.order_by("-pk").values_list("findings", flat=True)[:MOST_REVISIONS]
    counted = Counter(rule for findings in stored for rule in _rules(findings))
    return counted.most_common(MOST_RULES)


def _rules(findings: Any) -> set[str]:
    return {finding["rule"] for finding in findings if "rule" in finding}
