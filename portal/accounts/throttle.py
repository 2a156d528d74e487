"""Answers allauth's rate limits in the same way as the portal's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from portal.limits import TooManyRequests

RETRY_AFTER = 60
"""Seconds; the window of most of allauth's limits is one minute."""


def too_many(request: HttpRequest) -> HttpResponse:
    """Raise TooManyRequests, which the middleware answers with 429 and Retry-After."""
    raise TooManyRequests(RETRY_AFTER)
