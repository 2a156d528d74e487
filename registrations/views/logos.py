"""Public logos: each URL serves the same bytes forever (rule L-11)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registrations.logos import storage

_HEADERS = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=31536000, immutable",
}


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo with that SHA-256 digest."""
    try:
        return HttpResponse(storage.read(digest), headers=_HEADERS)
    except FileNotFoundError as error:
        raise Http404 from error
