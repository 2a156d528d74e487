"""The pages on which people see and change their own account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import own_account
from portal.accounts.actions import name_person
from portal.accounts.data_export import export_data
from portal.accounts.decorators import SignedInRequest
from portal.accounts.forms import NewEmailForm, NotificationsForm, PersonNameForm
from portal.accounts.models import Notifications
from portal.accounts.recent_sign_in import ReauthenticationNeeded, last_sign_in, require_recent_sign_in
from portal.limits import CHANGE_EMAIL, spend

FORM = ["GET", "HEAD", "POST"]


def recent_sign_in_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for the password before the form is shown, unless the person signed in recently."""

    @wraps(view)
    @login_required
    def guarded(request: SignedInRequest, **about: str) -> HttpResponse:
        try:
            require_recent_sign_in(last_sign_in(request))
        except ReauthenticationNeeded:
            query = urlencode({REDIRECT_FIELD_NAME: request.path})
            return redirect(f"{reverse('account_reauthenticate')}?{query}")
        return view(request, **about)

    return guarded


@require_safe
@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """What the portal knows of the person, and what they can change."""
    return render(request, "account/email.html")


@require_http_methods(FORM)
@login_required
def name(request: SignedInRequest) -> HttpResponse:
    """Change one's name."""
    form = PersonNameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        name_person(form.cleaned_data["full_name"], by=request.user)
        messages.success(request, "Your name is changed.")
        return redirect("account_email")
    return render(request, "account/name.html", {"form": form})


@require_http_methods(FORM)
@login_required
def notifications(request: SignedInRequest) -> HttpResponse:
    """Choose which emails about clients one gets."""
    form = NotificationsForm(request.POST or None, initial={"notifications": request.user.notifications})
    if request.method == "POST" and form.is_valid():
        own_account.choose_notifications(Notifications(form.cleaned_data["notifications"]), by=request.user)
        messages.success(request, "Your choice is saved.")
        return redirect("account_email")
    return render(request, "account/notifications.html", {"form": form})


@require_http_methods(FORM)
@recent_sign_in_required
def new_email(request: SignedInRequest) -> HttpResponse:
    """Ask for another address; the answer is the same whether or not it has an account."""
    form = NewEmailForm(request.POST or None, owner=request.user)
    if request.method == "POST" and form.is_valid():
        spend(CHANGE_EMAIL, str(request.user.pk))
        address = form.cleaned_data["email"]
        own_account.ask_for_email_change(address, by=request.user, signed_in_at=last_sign_in(request))
        messages.info(
            request, f"We email {address} a link. Your address changes when you open it and confirm."
        )
        return redirect("account_email")
    return render(request, "account/email_change.html", {"form": form})


@require_http_methods(FORM)
@login_required
def confirm_new_email(request: SignedInRequest, token: str) -> HttpResponse:
    """Show a button (GET), because mail scanners open links, and change the address (POST)."""
    if request.method == "POST":
        own_account.change_email(token, by=request.user)
        messages.success(request, "Your email address is changed. Sign in with it from now on.")
        return redirect("account_email")
    address = own_account.address_in(token, request.user)
    return render(request, "account/email_change_confirm.html", {"address": address})


@require_POST
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """Download everything that the portal keeps about the person, as JSON."""
    response = JsonResponse(export_data(by=request.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="client-registration-account.json"'
    return response


@require_http_methods(FORM)
@recent_sign_in_required
def delete(request: SignedInRequest) -> HttpResponse:
    """Say what is deleted and what stays (GET), then delete the account (POST)."""
    if request.method != "POST":
        return render(request, "account/delete.html")
    own_account.delete_account(by=request.user, signed_in_at=last_sign_in(request))
    logout(request)
    messages.success(request, "Your account is deleted.")
    return redirect("home")
