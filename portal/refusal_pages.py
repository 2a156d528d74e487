"""The pages of refusals: for staff on the desk in the desk's frame, else in the partner's."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

DESK: Final = "/admin/"


def is_on_desk(request: HttpRequest) -> bool:
    """Whether somebody who may enter the desk asks for one of its addresses, whether or not it exists."""
    return request.path_info.startswith(DESK) and admin.site.has_permission(request)


def refusal_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """Render the refusal's template; the desk has its own of the same name, with its own ways to go on."""
    shown = context or {}
    if not is_on_desk(request):
        return render(request, template, shown, status=status)
    return render(request, f"admin/{template}", {**admin.site.each_context(request), **shown}, status=status)
