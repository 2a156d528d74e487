"""What anybody may read without signing in, and caches may keep: the rules in plain words, and logos."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from registrations.domain import rereview
from registrations.logos import storage
from registrations.rules.metadata import RULES_VERSION
from registrations.rules.record_fields import LABELS
from registrations.rules.registry import SECTIONS

_SECONDS: Final = 3600
"""How long shared caches may keep the rules."""
_LOGO_HEADERS: Final = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=31536000, immutable",
}


@require_safe
@cache_control(public=True, max_age=_SECONDS)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its examples, in the order of the form."""
    return HttpResponse(_rules_page())


@cache
def _rules_page() -> str:
    """Render the page once per process, because only a release changes it.

    It never sees a request, so a copy in a public cache holds nothing about a person. A rule names its
    fields unless it is about all fields of its section.
    """
    sections = []
    for section in SECTIONS:
        fields = {field for rule in section.rules for field in rule.fields}
        rows = []
        for rule in section.rules:
            is_narrower = len(rule.fields) < len(fields)
            rows.append((rule, [LABELS[field] for field in rule.fields] if is_narrower else []))
        sections.append((section, rows))
    context = {"sections": sections, "version": RULES_VERSION, "at_once": rereview.table()}
    return render_to_string("registrations/rules.html", context)


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo with that SHA-256 digest. Its URL serves the same bytes forever (rule L-11)."""
    try:
        return HttpResponse(storage.read(digest), headers=_LOGO_HEADERS)
    except FileNotFoundError as error:
        raise Http404 from error
