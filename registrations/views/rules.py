"""The rules in plain words, for anyone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from registrations.domain import rereview
from registrations.rules.fields import LABELS
from registrations.rules.metadata import RULES_VERSION
from registrations.rules.registry import SECTIONS, Section
from registrations.rules.rule import Rule

_SECONDS: Final = 3600
"""How long shared caches may keep the page."""


@require_safe
@cache_control(public=True, max_age=_SECONDS)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its examples, in the order of the form."""
    return HttpResponse(_page())


@cache
def _page() -> str:
    """Render the page once per process, because only a release changes it.

    It never sees a request, so a copy in a public cache holds nothing about a person.
    """
    sections = [(section, list(_rows(section))) for section in SECTIONS]
    context = {"sections": sections, "version": RULES_VERSION, "at_once": rereview.table()}
    return render_to_string("registrations/rules.html", context)


def _rows(section: Section) -> Iterator[tuple[Rule, list[str]]]:
    """Each rule, with the labels of its fields unless it is about all fields of the section."""
    fields = {field for rule in section.rules for field in rule.fields}
    for rule in section.rules:
        narrower = len(rule.fields) < len(fields)
        yield rule, [LABELS[field] for field in rule.fields] if narrower else []
