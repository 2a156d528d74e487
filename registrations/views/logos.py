"""Logos, for anyone: each address shows the same bytes for ever (rule L-11)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registrations import logo_files

_HEADERS = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=31536000, immutable",
}


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The picture with that SHA-256."""
    try:
        return HttpResponse(logo_files.read(digest), headers=_HEADERS)
    except FileNotFoundError as error:
        raise Http404 from error
