"""Links that sign somebody in: asked for on the sign-in page, sent by email, used by POST."""

from __future__ import annotations

from typing import Final

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login, url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.forms import SignInLinkForm
from portal.accounts.models import User
from portal.accounts.password_tokens import SIGN_IN_LINK_LASTS, SignInTokens
from portal.limits import SIGN_IN_LINK, SIGN_IN_LINK_ANY, Limit, TooManyRequests, client_network, spend
from portal.outbox.queue import enqueue

USE: Final = Limit("sign_in_link_use", allowed=1, seconds=int(SIGN_IN_LINK_LASTS.total_seconds()))
"""Each token once, even where a second factor is still missing or two requests come at the same moment."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Queue an email with a link, or one that says that there is no account; the answer is the same."""
    form = SignInLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend(SIGN_IN_LINK_ANY, client_network(request))
        send_link(form.cleaned_data["login"])
        return redirect("account_sign_in_link_sent")
    return render(request, "account/sign_in_link.html", {"form": form})


def send_link(address: str) -> None:
    """Queue the email. Whoever asks again soon gets no second one: the first is on its way.

    With an error instead, a stranger who asks first could keep the owner from asking.
    """
    try:
        spend(SIGN_IN_LINK, address)
    except TooManyRequests:
        return
    person = User.objects.filter(email=address, is_active=True).first()
    with transaction.atomic():
        if person:
            enqueue("account_sign_in_link", user=person.pk)
        else:
            enqueue("account_unknown", address=address)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def use(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """Show a button (GET), because mail scanners open links, and sign in (POST)."""
    person = _owner(uidb36, key)
    if person is None:
        return render(request, "account/sign_in_by_link.html", {"person": None})
    if request.method != "POST":
        return render(request, "account/sign_in_by_link.html", {"person": person})
    try:
        spend(USE, f"{uidb36}-{key}")
    except TooManyRequests:
        return render(request, "account/sign_in_by_link.html", {"person": None})
    with transaction.atomic():
        record_authentication(request, person, method="link")
        response: HttpResponse = perform_login(request, person, email=person.email)
    return response


def _owner(uidb36: str, key: str) -> User | None:
    """Whose token it is; None where it is forged, used or too old."""
    try:
        person = User.objects.filter(pk=url_str_to_user_pk(uidb36), is_active=True).first()
    except (ValueError, ValidationError, OverflowError):
        return None
    return person if person and SignInTokens().check_token(person, key) else None
