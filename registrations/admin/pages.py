"""What the pages of the desk have in common: who may open them, and the admin's frame around them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse

from portal.accounts.decorators import SignedInRequest
from portal.json_answers import refused_in_json, wants_json
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.paging import parse_uuid
from portal.refusal_pages import refusal_page
from registrations import permissions
from registrations.admin.links import back_to_queue, carried

REVIEW: Final = "registrations_registration_review"
"""The name of the review page among the URLs of the admin."""
_SIGNED_OUT: Final = "You are signed out."
_NOT_ON_DESK: Final = "You can no longer enter the desk."
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
    site: AdminSite,
    view: Callable[..., HttpResponse],
    page: str | None = REVIEW,
    *,
    lists_all: bool = False,
) -> Callable[..., HttpResponse]:
    """The view of a verb, for people who may enter the admin.

    The verb's own URL shows nothing. So somebody who has to sign in first gets to the ``page`` with the same
    arguments afterwards, or with none where it ``lists_all``, with what they typed, and a request that is not
    a POST is answered with a link to it. None is the queue, or the review page that ``after`` names. A script
    is told that it is signed out.
    """
    inside = site.admin_view(view)

    def shown_at(request: HttpRequest) -> str:
        if page is None:
            left = parse_uuid(request.GET.get("after", ""))
            return reverse(f"admin:{REVIEW}", args=[left]) if left else back_to_queue(request)
        named = request.resolver_match.kwargs if request.resolver_match and not lists_all else {}
        return reverse(f"admin:{page}", kwargs=named)

    @wraps(view)
    def entered(request: HttpRequest, **named: UUID) -> HttpResponse:
        back = carried(request, shown_at(request)) if page else back_to_queue(request)
        if not request.user.is_authenticated:
            if wants_json(request):
                return refused_in_json(_SIGNED_OUT, status=401, sign_in=resolve_url(settings.LOGIN_URL))
            return redirect_to_login(back, reverse("admin:login"))
        if wants_json(request) and not site.has_permission(request):
            return refused_in_json(_NOT_ON_DESK, status=403)
        answer = inside(request, **named)
        if isinstance(answer, HttpResponseNotAllowed):
            answer.content = refusal_page(request, "405.html", {"back": back}, status=405).content
        return answer

    return keeps_what_is_typed(entered, shown_at=shown_at)


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page about registrations inside the admin's frame."""
    shown = {**admin.site.each_context(request), **context}
    return render(request, f"admin/registrations/registration/{template}", shown, status=status)
