"""The rows of the queue: what the address lists, and what the reader can do with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User, in_own_organisation
from registrations import permissions
from registrations.admin.links import claim_url, review_url
from registrations.admin.paging import Listing
from registrations.admin.queue import search
from registrations.admin.queue.filters import Counts, OrderFilter, QueueFilter, WorkFilter
from registrations.admin.queue.marks import with_marks
from registrations.admin.states import STATES, UNDER_REVIEW, Rows, chosen_state, rows_of
from registrations.domain.lifecycle import OPEN_STATUSES, PkceStatus, RevisionStatus
from registrations.models import Snooze
from registrations.queries.work import when

RISKIEST_FIRST: Final = ("-risk", "newest__submitted_at", "newest__pk")
TOTAL: Final = "queue_total"
"""Where the request keeps how many rows the filters list, so that the paginator does not count them again."""


def listed(request: HttpRequest) -> tuple[Rows, str]:
    """The registrations in the chosen state that the search finds, before any other filter, each with its
    newest revision in the same query; and why the search may be incomplete."""
    own = when(in_own_organisation(cast(User, request.user), "organisation"))
    rows = with_marks(rows_of(chosen_state(request)))
    rows = rows.annotate(exception_status=F("newest__pkce_exception__status"), is_own=own)
    rows = rows.select_related("organisation", "newest", "newest__claimed_by")
    term = request.GET.get("q", "").strip()
    found = search.matching(term) if term else search.EVERYTHING
    return rows.filter(found.rows), found.problem


def order(request: HttpRequest) -> tuple[str, ...]:
    """The longest wait first, or last where the reader turns it, or the riskiest first; where nobody waits,
    the newest first."""
    state = chosen_state(request)
    if state == UNDER_REVIEW and OrderFilter.is_by_risk(request):
        return RISKIEST_FIRST
    columns = STATES[state].order
    turned = state == UNDER_REVIEW and OrderFilter.is_turned(request)
    return tuple(f"-{column}" for column in columns) if turned else columns


class Queue(Listing):
    """The list of the queue: its rows lead to the review page, and know what the reader may do."""

    counts: Counts

    @property
    def left_out(self) -> int:
        """How many rows the list leaves out because the reader snoozed them."""
        return sum(self.counts.of(one, "mine") or 0 for one in self._filters if one.hides)

    @property
    def _filters(self) -> list[QueueFilter]:
        return [spec for spec in cast(Iterable[object], self.filter_specs) if isinstance(spec, QueueFilter)]

    def _to_count(self, request: HttpRequest) -> Rows | None:
        """What waits, before the filters whose choices are counted and after the others."""
        if chosen_state(request) != UNDER_REVIEW:
            return None
        rows = self.root_queryset.order_by(*order(request))
        for spec in cast(Iterable[Any], self.filter_specs):
            if not isinstance(spec, QueueFilter):
                rows = spec.queryset(request, rows)
        return rows

    def url_for_result(self, result: Any) -> str:
        return review_url(result)

    def get_results(self, request: HttpRequest) -> None:
        self.counts = Counts(self._to_count(request), self._filters)
        vars(request)[TOTAL] = self.counts.listed
        super().get_results(request)
        reader = cast(User, request.user)
        rows = cast(Sequence[Any], self.result_list)
        snoozes = Snooze.objects.of(reader).filter(revision__in=[row.newest.pk for row in rows])
        by_revision = {one.revision_id: one for one in snoozes} if rows else {}
        looked_at = {pk for one in self._filters if isinstance(one, WorkFilter) for pk in one.looks.confirmed}
        claims, today = permissions.may_review(reader), timezone.now().date()
        for row in rows:
            row.is_mine = row.newest.claimed_by_id == reader.pk
            is_free = row.newest.stage is RevisionStatus.UNDER_REVIEW and row.newest.claimed_by_id is None
            may_claim = claims and is_free and not row.is_own
            row.claim_url = claim_url(row, self.get_query_string()) if may_claim else ""
            row.is_confirmed = row.newest.pk in looked_at
            row.snooze = by_revision.get(row.newest.pk)
            row.is_asleep = row.snooze is not None and row.snooze.until > today


def waiting_on(row: Any) -> str:
    """Whom the registration of a row waits on, in words; empty where it waits on nobody.

    A reviewer who snoozed it knows best.
    """
    stage = row.newest.stage
    if stage is RevisionStatus.SENT_BACK and row.stage in OPEN_STATUSES:
        return "Partner"
    if stage is not RevisionStatus.UNDER_REVIEW:
        return ""
    if row.snooze is not None:
        return str(row.snooze.get_waiting_on_display())
    if row.exception_status == PkceStatus.REQUESTED:
        return "PKCE approver"
    return "Second person" if row.is_confirmed else "Pleo"
