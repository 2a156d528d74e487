"""Where to report a vulnerability: ``/.well-known/security.txt`` (RFC 9116), filled from the settings.

The person who sets the last day promises to look at the contact again by then, so the portal never moves it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

SOON: Final = timedelta(days=30)
"""How long before the last day the log begins to say so."""

log = structlog.stdlib.get_logger("portal.security_txt")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contacts in the order of preference; 404 where the settings name none.

    It is shown after its last day too: RFC 9116 (section 2.5.5) leaves it to readers what to make of that.
    """
    last = settings.PORTAL_SECURITY_EXPIRES
    if last is None:  # and then there is no contact either
        raise Http404
    lines = [f"Contact: {uri}" for uri in settings.PORTAL_SECURITY_CONTACT]
    lines += [
        f"Expires: {last.isoformat()}T23:59:59Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.PORTAL_BASE_URL}{reverse('security_txt')}",
    ]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")


def warn_due(_stopped: Callable[[], bool] | None = None) -> int:
    """Log, as an error, that the last day is near or past: a job of the worker, which changes nothing."""
    last, today = settings.PORTAL_SECURITY_EXPIRES, timezone.now().date()
    if last is not None and last - today <= SOON:
        _warn(last, today)
    return 0


@lru_cache(maxsize=1)
def _warn(last: date, today: date) -> None:
    """Say it once a day in each process, while the rounds of the worker follow each other."""
    log.error("security_txt_expires", last_day=last.isoformat(), days_left=(last - today).days)
