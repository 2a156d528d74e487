"""The overview of the desk, and its CSV export."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from registrations import permissions
from registrations.admin import csv_files
from registrations.admin.overview import figures
from registrations.admin.pages import desk_only, render_page
from registrations.admin.wording import age
from registrations.models import PkceException, Revision
from registrations.workflow.desk import export

_WEEKS_HEAD: Final = ("week_from", "decisions", "median_hours", "percent_within_target")


@dataclass(frozen=True)
class Overview:
    """What the overview shows, read once."""

    counts: list[figures.Count]
    oldest: Revision | None
    weeks: list[figures.Week]
    by_reviewer: list[figures.ByReviewer]
    ending: list[PkceException]
    findings: list[tuple[str, int]]
    may_read_log: bool

    ending_days: ClassVar = figures.ENDING_DAYS
    revisions_read: ClassVar = figures.MOST_REVISIONS

    most_read: ClassVar = figures.MOST_READ
    most_by_reviewer: ClassVar = figures.MOST_DECISIONS
    recent: ClassVar = figures.RECENT

    @cached_property
    def charts(self) -> list[figures.Chart]:
        return figures.charts(self.weeks)

    @cached_property
    def kept(self) -> figures.Kept | None:
        return figures.kept(self.weeks)

    @property
    def target_days(self) -> int:
        return int(settings.PORTAL_REVIEW_TARGET_DAYS)

    @property
    def has_sample(self) -> bool:
        """Whether a week has more decisions than were read for its wait."""
        return any(week.decisions > week.read for week in self.weeks)

    @property
    def oldest_age(self) -> str:
        """How long ago the revision that has waited longest was submitted."""
        return age(self.oldest.submitted_at) if self.oldest else ""


@require_safe
@desk_only
def overview(request: SignedInRequest) -> HttpResponse:
    """Show counts, waiting times, exceptions that end soon and the most frequent findings.

    Leads see the decisions of each reviewer, too.
    """
    weeks = figures.weeks()
    page = Overview(
        figures.counts(),
        figures.oldest(),
        weeks,
        figures.by_reviewer(weeks) if permissions.may_reassign(request.user) else [],
        figures.ending(),
        figures.frequent_findings(),
        permissions.may_read_log(request.user),
    )
    return render_page(request, "overview.html", {"title": "Overview", "page": page})


@require_POST
def export_weeks(request: SignedInRequest) -> StreamingHttpResponse:
    """Export the table of weekly decisions as CSV."""
    export("decisions", by=request.user)
    found = figures.weeks(figures.WEEKS_EXPORTED)
    rows = [(week.monday.date().isoformat(), _decisions(week), week.hours, week.share) for week in found]
    return csv_files.answer("decisions", _WEEKS_HEAD, rows)


def _decisions(week: figures.Week) -> csv_files.Cell:
    return f"more than {week.decisions}" if week.more else week.decisions
