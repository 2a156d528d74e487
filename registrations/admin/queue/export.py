"""The CSV export of the queue."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from portal.accounts.decorators import SignedInRequest
from registrations.admin import csv_files
from registrations.admin.queue.marks import in_words, kinds_of
from registrations.admin.wording import state_of
from registrations.domain.lifecycle import DecidedHow
from registrations.workflow.desk import export

MOST_EXPORTED: Final = 10_000
_QUEUE_HEAD: Final = (
    "client_name",
    "organisation",
    "environment",
    "state",
    "revision",
    "submitted_at",
    "without_review",
    "claimed_by",
    "marks",
    "client_id",
    "registration",
)


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
            "yes" if one.newest.decided_how == DecidedHow.RULES else "no",
            one.newest.claimed_by.get_full_name() if one.newest.claimed_by else "",
            in_words(kinds_of(one)),
            str(one.client_id or ""),
            str(one.uuid),
        )
        for one in listed[:MOST_EXPORTED].iterator(chunk_size=500)
    )
    return csv_files.answer("review-queue", _QUEUE_HEAD, rows)
