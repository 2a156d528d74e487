"""Access to partner pages. Memberships are read at every request and never kept in the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from portal.accounts.models import Membership, User
from portal.json_answers import refused_in_json, wants_json

_SIGNED_OUT = "You are signed out."
_NO_ORGANISATION = "You do not belong to an organisation yet."


class SignedInRequest(HttpRequest):
    """A request of a signed-in user."""

    user: User


class PartnerRequest(SignedInRequest):
    """A request that passed `partner_required`, which reads ``memberships`` from the database."""

    memberships: list[Membership]


def partner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Require a signed-in user with an organisation.

    Redirects visitors to sign in, and users without an organisation to create one. Staff need none.
    A script that asks for JSON gets 401 or 403 instead, because it cannot follow to a page.
    """

    @wraps(view)
    def guarded(request: PartnerRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            if wants_json(request):
                return refused_in_json(_SIGNED_OUT, status=401, sign_in=resolve_url(settings.LOGIN_URL))
            return redirect_to_login(request.get_full_path())
        request.memberships = list(request.user.memberships.select_related("organisation").order_by("pk"))
        if not request.memberships and not request.user.is_staff:
            if wants_json(request):
                return refused_in_json(_NO_ORGANISATION, status=403)
            return redirect("organisation_new")
        return view(request, *args, **kwargs)

    return guarded
