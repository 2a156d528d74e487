"""The overview of the desk, and its CSV export."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from registrations.admin import csv_files
from registrations.admin.overview import figures
from registrations.admin.pages import desk_only, render_page
from registrations.admin.wording import age
from registrations.models import PkceException, Revision
from registrations.workflow.desk import export

_WEEKS_HEAD: Final = ("week_from", "decisions", "median_hours")


@dataclass(frozen=True)
class Overview:
    """What the overview shows, read once."""

    counts: list[figures.Count]
    oldest: Revision | None
    weeks: list[figures.Week]
    ending: list[PkceException]
    findings: list[tuple[str, int]]

    ending_days: ClassVar = figures.ENDING_DAYS
    revisions_read: ClassVar = figures.MOST_REVISIONS

    @cached_property
    def chart(self) -> figures.Chart:
        return figures.Chart(self.weeks)

    @property
    def oldest_age(self) -> str:
        """How long ago the revision that has waited longest was submitted."""
        return age(self.oldest.submitted_at) if self.oldest else ""


@require_safe
@desk_only
def overview(request: SignedInRequest) -> HttpResponse:
    """Show counts, waiting times, exceptions that end soon and the most frequent findings."""
    page = Overview(
        figures.counts(),
        figures.oldest(),
        figures.weeks(),
        figures.ending(),
        figures.frequent_findings(),
    )
    return render_page(request, "overview.html", {"title": "Overview", "page": page})


@require_POST
def export_weeks(request: SignedInRequest) -> StreamingHttpResponse:
    """Export the table of weekly decisions as CSV."""
    export("decisions", by=request.user)
    rows = [(week.monday.date().isoformat(), week.decisions, week.hours) for week in figures.weeks()]
    return csv_files.answer("decisions", _WEEKS_HEAD, rows)
