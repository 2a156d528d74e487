"""Who may come in as a partner, asked anew at every request: nothing of it is kept in the session."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from django.conf import settings
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


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether the session's last proof of identity is at most ACCOUNT_REAUTHENTICATION_TIMEOUT seconds old.

    A sign-in counts as well as a re-authentication, which allauth's own check does not grant.
    """
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
