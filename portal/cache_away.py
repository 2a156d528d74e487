"""What a page answers while Redis is away.

Only the limits of allauth use the cache. A page that has to count an attempt and cannot is closed
until it can: signing in, signing up and asking for a new password. All other pages go on.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from portal.refusals import Refusal

RETRY_AFTER = 60
"""Seconds."""

log = structlog.stdlib.get_logger("portal.cache")


class CacheAway(Refusal):
    """An attempt could not be counted, so it was not made: 503."""

    status = 503
    heading = "Try again in a minute"


class CacheAwayMiddleware:
    """Answers 503 with Retry-After where Redis does not answer a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedisError):
            return None
        log.error("cache_away", error=type(exception).__name__)
        refusal = CacheAway("A part of this site does not answer right now. Nothing was changed.")
        response = render(request, "refused.html", {"refusal": refusal}, status=refusal.status)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
