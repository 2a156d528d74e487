"""The next request: claims the one that follows in the reader's list, and opens it."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.paging import row_named
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin import links
from registrations.admin.pages import desk_only
from registrations.admin.queue.filters import QUEUE_FILTERS, OrderFilter, SnoozeFilter, WorkFilter
from registrations.admin.queue.rows import RISKIEST_FIRST, listed
from registrations.admin.review.page_state import take
from registrations.admin.states import Rows
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Registration, Revision
from registrations.queries import work
from registrations.workflow import assignment

MOST_TRIES: Final = 20
"""How often colleagues may be faster before the reader has to press again."""
SKIPPED: Final = {
    "own": "{} of your own organisation or submitted by you",
    "claimed": "{} claimed by colleagues",
    "confirmed": "{} whose restricted scopes you confirmed, so that somebody else has to approve",
    "pkce": "{} waiting for a PKCE approver",
    "snoozed": "{} snoozed by you",
}
"""Why requests of the list were left out, in the words of the message that nothing is left."""


@require_POST
@desk_only
def next_request(request: SignedInRequest) -> HttpResponse:
    """Claim and open the request that follows the one named by ``after``, or the first.

    What was typed on the page of that one is kept.
    """
    if left := Registration.objects.submitted().filter(uuid__in=_named(request)).first():
        take(request, left)
    return open_next(request, after=request.GET.get("after", ""))


def _named(request: HttpRequest) -> list[UUID]:
    """The registration whose page was left, if the address names one."""
    try:
        return [UUID(request.GET.get("after", ""))]
    except ValueError:
        return []


def open_next(request: SignedInRequest, *, after: str = "") -> HttpResponse:
    """Claim the request that follows ``after`` in the queue that the address carries, and go to its page.

    After the last one comes the first. Whatever a colleague claims at the same moment is passed over.
    """
    if not permissions.may_review(request.user):
        raise NotAllowed("Only reviewers can take requests from the queue.")
    rows = _waiting(request)
    for _ in range(MOST_TRIES):
        following = _after(rows, after, request)
        if following is None:
            messages.info(request, _nothing_left(rows))
            return redirect(links.back_to_queue(request))
        if following.newest.claimed_by_id == request.user.pk:
            return redirect(links.back_to_review(request, following))
        try:
            claimed = assignment.claim(following.uuid, by=request.user)
        except Conflict:
            continue  # a colleague or the partner was faster
        messages.success(request, f"You have claimed the review of {claimed.client_name}.")
        return redirect(links.back_to_review(request, following))
    messages.info(request, "Colleagues were faster each time. Press again.")
    return redirect(links.back_to_queue(request))


def _as_queue(request: HttpRequest) -> HttpRequest:
    """The request with the parameters of the queue that its address carries."""
    queue = copy(request)
    queue.GET = QueryDict(request.GET.get(links.FILTERS, ""))
    return queue


def _waiting(request: SignedInRequest) -> Rows:
    """What waits in the list, with a flag for each reason to pass it over.

    What is snoozed is flagged even where the list leaves it out.
    """
    queue = _as_queue(request)
    rows, _ = listed(queue)
    rows = rows.filter(newest__status=RevisionStatus.UNDER_REVIEW)
    given, model_admin = dict(queue.GET.lists()), admin.site.get_model_admin(Registration)
    specs: list[Any] = [kind(queue, given, Registration, model_admin) for kind in QUEUE_FILTERS]
    for spec in specs:
        if not (isinstance(spec, SnoozeFilter) and not spec.chosen):
            rows = spec.queryset(queue, rows)
    looks = next(spec.looks for spec in specs if isinstance(spec, WorkFilter))
    reasons = work.reasons_to_skip(request.user, looks, of="newest__")
    return rows.annotate(**{f"is_{word}": work.when(reason) for word, reason in reasons.items()})


def _after(rows: Rows, after: str, request: SignedInRequest) -> Any:
    """The first row behind the one named, else the first of all; never that one itself. By risk, the order
    changes with each decision: then it is the riskiest of all others."""
    queue = _as_queue(request)
    turned = OrderFilter.is_turned(queue)
    last = row_named(Revision.objects.filter(beside=None).order_by("-number"), after, by="registration__uuid")
    free = rows.filter(**{f"is_{word}": False for word in SKIPPED})
    columns = ("newest__submitted_at", "newest__pk")
    if OrderFilter.is_by_risk(queue):
        others = free.exclude(pk=last.registration_id) if last else free
        return others.order_by(*RISKIEST_FIRST).first()
    if last is None:
        return free.order_by(*_turned(columns, turned)).first()
    compare = "lt" if turned else "gt"
    behind = Q(**{f"newest__submitted_at__{compare}": last.submitted_at}) | Q(
        newest__submitted_at=last.submitted_at, **{f"newest__pk__{compare}": last.pk}
    )
    others = free.exclude(pk=last.registration_id).annotate(is_behind=work.when(behind))
    return others.order_by("-is_behind", *_turned(columns, turned)).first()


def _turned(columns: tuple[str, ...], turned: bool) -> tuple[str, ...]:
    return tuple(f"-{column}" for column in columns) if turned else columns


def _nothing_left(rows: Rows) -> str:
    """The message that nothing is left, with what was passed over and why."""
    flags = rows.order_by().values_list(*(f"is_{word}" for word in SKIPPED))
    first = Counter(
        next((word for word, holds in zip(SKIPPED, row, strict=True) if holds), "") for row in flags
    )
    skipped = [words.format(first[word]) for word, words in SKIPPED.items() if first[word]]
    nothing = "Nothing else in this list is waiting for you."
    return f"{nothing} Skipped: {'; '.join(skipped)}." if skipped else nothing
