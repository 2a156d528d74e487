"""The overview of the desk, and the CSV exports of the queue and the overview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from registrations import permissions
from registrations.admin.overview import figures, spreadsheet
from registrations.admin.overview.chart import HEIGHT, WIDTH, chart_of
from registrations.admin.wording import age, state_of
from registrations.workflow.exporting import export

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


@require_safe
def overview(request: SignedInRequest, *, frame: Mapping[str, Any]) -> HttpResponse:
    """Show counts, waiting times, exceptions that end soon and the most frequent findings."""
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    weeks, oldest = figures.weeks(), figures.oldest()
    context = {
        "title": "Overview",
        "is_nav_sidebar_enabled": False,
        "counts": figures.counts(),
        "oldest": oldest,
        "oldest_age": age(oldest.submitted_at) if oldest else "",
        "weeks": weeks,
        "chart": chart_of(weeks),
        "chart_width": WIDTH,
        "chart_height": HEIGHT,
        "ending": figures.ending(),
        "ending_days": figures.ENDING_DAYS,
        "findings": figures.frequent_findings(),
        "revisions_read": figures.MOST_REVISIONS,
    }
    return render(request, "admin/registrations/registration/overview.html", {**frame, **context})


@require_POST
def export_weeks(request: SignedInRequest) -> StreamingHttpResponse:
    """Export the table of weekly decisions as CSV."""
    export("decisions", by=request.user)
    rows = [(week.monday.date().isoformat(), week.decisions, week.hours) for week in figures.weeks()]
    return spreadsheet.answer("decisions", _WEEKS_HEAD, rows)


def export_queue(request: SignedInRequest, rows: QuerySet[Any]) -> StreamingHttpResponse:
    """Export the queue as CSV, as it is filtered and in its order, without paging."""
    export("queue", by=request.user)
    return spreadsheet.answer("review-queue", _QUEUE_HEAD, _queue_cells(rows))


def _queue_cells(rows: QuerySet[Any]) -> Iterator[tuple[spreadsheet.Cell, ...]]:
    for row in rows[:MOST_EXPORTED].iterator(chunk_size=500):
        newest = row.newest
        yield (
            newest.client_name,
            row.organisation.name,
            newest.environment,
            state_of(row, newest.stage)[1],
            newest.number,
            newest.submitted_at.isoformat(timespec="seconds"),
            newest.claimed_by.get_full_name() if newest.claimed_by else "",
            str(row.client_id or ""),
            str(row.uuid),
        )
