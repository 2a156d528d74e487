"""What the pages of the desk have in common: who may open them, and the admin's frame around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from portal.accounts.decorators import SignedInRequest
from portal.refusal_pages import refusal_page
from registrations import permissions
from registrations.admin.links import carried

Answer = TypeVar("Answer", bound=HttpResponseBase)


def desk_only(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Require the right to see the desk; the admin has already made sure that staff are signed in."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: object, **kwargs: object) -> Answer:
        if not permissions.may_see_desk(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def verb_view(
    site: AdminSite, view: Callable[..., HttpResponseBase], page: str = "registrations_registration_review"
) -> Callable[..., HttpResponseBase]:
    """The view of a verb, for people who may enter the admin.

    The verb's own URL shows nothing. So somebody who has to sign in first gets to the ``page`` with the same
    arguments afterwards, and a request that is not a POST is answered with a link to it.
    """
    inside = site.admin_view(view)

    @wraps(view)
    def entered(request: HttpRequest, **named: UUID) -> HttpResponseBase:
        back = carried(request, reverse(f"admin:{page}", kwargs=named))
        if not request.user.is_authenticated:
            return redirect_to_login(back, reverse("admin:login"))
        answer = inside(request, **named)
        if isinstance(answer, HttpResponseNotAllowed):
            answer.content = refusal_page(request, "405.html", {"back": back}, status=405).content
        return answer

    return entered


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page about registrations inside the admin's frame."""
    shown = {**admin.site.each_context(request), **context}
    return render(request, f"admin/registrations/registration/{template}", shown, status=status)
