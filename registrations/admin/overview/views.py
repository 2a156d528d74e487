"""The page with the overview of the desk, and the CSV exports of the queue and the overview."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from registrations.admin.overview import figures, spreadsheet
from registrations.admin.pages import desk_only, render_page
from registrations.admin.wording import age, state_of
from registrations.models import PkceException, Revision
from registrations.workflow.desk import export

MOST_EXPORTED: Final = 10_000
_QUEUE_HEAD: Final = (
    "client_name",
    "organisation",
    "environment",
    "state",
    "revision",
    "submitted_at",
    "claimed_by",
    "client_id",
    "registration",
)
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
    return spreadsheet.answer("decisions", _WEEKS_HEAD, rows)


def export_queue(request: SignedInRequest, listed: QuerySet[Any]) -> StreamingHttpResponse:
    """Export the queue as CSV, as it is filtered and in its order, without paging."""
    export("queue", by=request.user)
    rows = (
        (
            one.newest.client_name,
            one.organisation.name,
            one.newest.environment,
            state_of(one, one.newest.stage)[1],
            one.newest.number,
            one.newest.submitted_at.isoformat(timespec="seconds"),
            one.newest.claimed_by.get_full_name() if one.newest.claimed_by else "",
            str(one.client_id or ""),
            str(one.uuid),
        )
        for one in listed[:MOST_EXPORTED].iterator(chunk_size=500)
    )
    return spreadsheet.answer("review-queue", _QUEUE_HEAD, rows)
