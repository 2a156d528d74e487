"""Links between the desk's pages, which keep the filters of the queue."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse

from registrations.models import Registration

FROM_QUEUE = "queue"
"""Posted by the queue's buttons, so that they lead back to it."""
FILTERS = "_changelist_filters"
"""The query parameter in which the admin passes on the filters of a list."""


def review_url(registration: Registration) -> str:
    """The URL of the registration's review page."""
    return reverse("admin:registrations_registration_review", args=[registration.uuid])


def back_to_review(request: HttpRequest, registration: Registration) -> str:
    """The URL of its review page, with the filters of the queue."""
    return carried(request, review_url(registration))


def out_of(request: HttpRequest, registration: Registration) -> tuple[str, str]:
    """URL and label of the link that leads from a refusal back to the review page."""
    return back_to_review(request, registration), "Back to the review page"


def back_to_queue(request: HttpRequest) -> str:
    """The URL of the queue, filtered as it was when the reader left it."""
    queue, kept = reverse("admin:registrations_registration_changelist"), parse_qsl(_kept(request))
    return f"{queue}?{urlencode(kept)}" if kept else queue


def carried(request: HttpRequest, url: str, **more: str) -> str:
    """The URL with the filters of the queue, if there are any."""
    kept = _kept(request)
    query = {**more, **({FILTERS: kept} if kept else {})}
    return f"{url}?{urlencode(query)}" if query else url


def claim_url(registration: Registration, query: str) -> str:
    """The URL to which the queue's claim button posts; ``query`` is the queue's, to return to."""
    address = reverse("admin:registrations_registration_claim", args=[registration.uuid])
    kept = query.removeprefix("?")
    return f"{address}?{urlencode({'from': FROM_QUEUE, **({FILTERS: kept} if kept else {})})}"


def next_url(request: HttpRequest) -> str:
    """The URL to which the queue's button for the next request posts, with the filters of the queue."""
    kept = request.GET.urlencode()
    following = reverse("admin:registrations_registration_next")
    return f"{following}?{urlencode({FILTERS: kept})}" if kept else following


def export_url(request: HttpRequest) -> str:
    """The URL that exports what the queue lists."""
    kept = request.GET.urlencode()
    address = reverse("admin:registrations_registration_export")
    return f"{address}?{kept}" if kept else address


def of_claim(request: HttpRequest, registration: Registration) -> dict[str, str]:
    """The URLs of the verbs about the claim and the snooze, and of the ``next`` request."""
    verbs = {
        verb: carried(request, reverse(f"admin:registrations_registration_{verb}", args=[registration.uuid]))
        for verb in ("claim", "release", "reassign", "snooze", "wake")
    }
    following = reverse("admin:registrations_registration_next")
    return {**verbs, "next": carried(request, following, after=str(registration.uuid))}


def _kept(request: HttpRequest) -> str:
    return request.GET.get(FILTERS, "")
