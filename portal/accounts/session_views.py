"""The page of one's own sessions, and its buttons."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.recent_sign_in import ReauthenticationNeeded, last_sign_in
from portal.accounts.sessions import sign_out_everywhere, sign_out_one
from portal.sessions.models import StoredSession, hashed


@require_safe
@login_required
def sessions(request: SignedInRequest) -> HttpResponse:
    """List where the person is signed in, the session of this page first."""
    current = hashed(request.session.session_key or "")
    rows = StoredSession.objects.lasting().filter(user=request.user).order_by("-last_used_at")
    found = sorted(rows, key=lambda row: row.pk != current)
    return render(request, "account/sessions.html", {"sessions": found, "current": current})


@require_POST
@login_required
def end_one(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Sign out one session; the session of this page as well."""
    try:
        sign_out_one(uuid, by=request.user, signed_in_at=last_sign_in(request))
    except ReauthenticationNeeded:
        return _ask_for_password()
    if not request.session.exists(request.session.session_key or ""):
        return _signed_out(request)
    messages.success(request, "That session is signed out.")
    return redirect("account_sessions")


@require_POST
@login_required
def end_all(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere."""
    try:
        sign_out_everywhere(by=request.user, signed_in_at=last_sign_in(request))
    except ReauthenticationNeeded:
        return _ask_for_password()
    return _signed_out(request)


def _ask_for_password() -> HttpResponse:
    return redirect_to_login(reverse("account_sessions"), reverse("account_reauthenticate"))


def _signed_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("account_login")
