"""The middleware that lets who needs a second factor, and has none, reach only the pages that set one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.second_factor import (
    factors_of,
    has_second_factor,
    is_required_by_organisation,
    is_required_of,
)
from portal.json_answers import refused_in_json, wants_json

WANTED: Final = "second_factor_wanted"
"""Where the session holds the page that was asked for, to go on to."""
OPEN: Final = {
    "livez",
    "readyz",
    "admin:logout",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_second_factor",
    "provider_again",
    "provider_callback",
    "provider_sign_in",
    "registrations:logo",
    "security_txt",
}
OPEN_TO_MEMBERS: Final = {"account_delete", "account_export", "organisation_leave"}
"""What members may do who have no factor at all, and want none: leave, and take what is theirs with them."""
_MISSING: Final = "Set up a second factor first."


class SecondFactorMiddleware:
    """Redirects staff, and members whose organisation requires it, without a second factor in their session.

    A script gets 403. Who that is, the session and the account say, which the page reads anyway: it costs no
    statement.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Answer in place of the view, or let it answer."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN or name.startswith("mfa_"):
            return None
        user = request.user
        if not user.is_authenticated or has_second_factor(request):
            return None
        if not (is_required_of(user) or is_required_by_organisation(request)):
            return None
        if name in OPEN_TO_MEMBERS and not is_required_of(user) and not factors_of(user).exists():
            return None
        page = reverse("account_second_factor")
        if wants_json(request):
            return refused_in_json(_MISSING, status=403, second_factor=page)
        if request.method == "GET":
            request.session[WANTED] = request.get_full_path()
        return redirect(page)
