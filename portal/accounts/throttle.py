"""The answer to allauth's own limits, given the way the house gives it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from portal.limits import TooManyRequests

RETRY_AFTER = 60
"""Seconds: the window of allauth's limits, most of which count for a minute."""


def too_many(request: HttpRequest) -> HttpResponse:
    """Raises TooManyRequests, which the middleware answers with 429 and Retry-After."""
    raise TooManyRequests(RETRY_AFTER)
