"""Access to partner pages. Memberships are read at every request and never kept in the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.accounts.models import Membership, User


class SignedInRequest(HttpRequest):
    """A request of a signed-in user."""

    user: User


class PartnerRequest(SignedInRequest):
    """A request that passed `partner_required`, which reads ``memberships`` from the database."""

    memberships: list[Membership]


def partner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Require a signed-in user with an organisation.

    Redirects visitors to sign in, and users without an organisation to create one. Staff need none.
    """

    @wraps(view)
    def guarded(request: PartnerRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.memberships = list(request.user.memberships.select_related("organisation").order_by("pk"))
        if not request.memberships and not request.user.is_staff:
            return redirect("organisation_new")
        return view(request, *args, **kwargs)

    return guarded
