"""What anybody may read without signing in, and caches may keep: the rules in plain words, and logos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from registrations.domain import rereview
from registrations.logos import storage
from registrations.rules import search
from registrations.rules.metadata import RULES_VERSION
from registrations.rules.record_fields import LABELS
from registrations.rules.registry import RULES, SECTIONS, Section

_SECONDS: Final = 3600
"""How long shared caches may keep the rules."""
_MAX_QUERY: Final = 100
_LOGO_HEADERS: Final = {
    "Content-Type": "image/png",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",  # authorization servers show it, too
}


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its examples, in the order of the form; with ``q``, those that it finds.

    Shared caches may keep the page of a visitor without a session, which holds nothing about a person.
    """
    query = request.GET.get("q", "").strip()[:_MAX_QUERY]
    terms = search.terms_of(query)
    sections = [(section, found) for section in SECTIONS if (found := _matching(section, terms))]
    context = {
        "query": query,
        "sections": sections,
        "found": sum(len(found) for _, found in sections),
        "total": len(RULES),
        "version": RULES_VERSION,
        "at_once": rereview.table(),
    }
    response = render(request, "registrations/rules.html", context)
    patch_vary_headers(response, ["Cookie"])
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        patch_cache_control(response, public=True, max_age=_SECONDS)
    return response


@dataclass(frozen=True)
class ShownRule:
    """A rule as the page shows it, and its text in lower case, to be searched."""

    html: SafeString
    text: str


def _matching(section: Section, terms: Sequence[re.Pattern[str]]) -> list[ShownRule]:
    return [shown for shown in _shown(section.key) if search.matches(shown.text, terms)]


@cache
def _shown(key: str) -> list[ShownRule]:
    """Render the rules of a section once per process, because only a release changes them.

    A rule names its fields unless it is about all fields of its section.
    """
    section = next(section for section in SECTIONS if section.key == key)
    fields = {field for rule in section.rules for field in rule.fields}
    shown = []
    for rule in section.rules:
        labels = [LABELS[field] for field in rule.fields]
        context = {"rule": rule, "labels": labels if len(rule.fields) < len(fields) else []}
        shown.append(ShownRule(render_to_string("includes/rule.html", context), search.text_of(rule)))
    return shown


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The logo with that SHA-256 digest. Its URL serves the same bytes forever (rule L-11)."""
    try:
        return HttpResponse(storage.read(digest), headers=_LOGO_HEADERS)
    except FileNotFoundError as error:
        raise Http404 from error
