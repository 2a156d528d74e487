"""What the pages of the desk have in common: who may open them, and the admin's frame around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.accounts.decorators import SignedInRequest
from registrations import permissions

Answer = TypeVar("Answer", bound=HttpResponseBase)


def desk_only(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Require the right to see the desk; the admin has already made sure that staff are signed in."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: object, **kwargs: object) -> Answer:
        if not permissions.may_see_desk(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page about registrations inside the admin's frame, without the sidebar."""
    frame = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}
    return render(
        request, f"admin/registrations/registration/{template}", {**frame, **context}, status=status
    )
