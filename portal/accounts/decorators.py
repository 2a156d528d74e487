"""Who may come in as a partner, asked anew at every request: nothing of it is kept in the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.models import Membership, User


class SignedInRequest(HttpRequest):
    """A request of somebody who is known."""

    user: User


class PartnerRequest(SignedInRequest):
    """A request that came through `partner_required`; ``memberships`` are as they are right now."""

    memberships: list[Membership]


def partner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sends a visitor to sign in, and somebody without an organisation to name one; staff pass."""

    @wraps(view)
    def guarded(request: PartnerRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.memberships = list(request.user.memberships.select_related("organisation").order_by("pk"))
        if not request.memberships and not request.user.is_staff:
            return redirect("organisation_new")
        return view(request, *args, **kwargs)

    return guarded
