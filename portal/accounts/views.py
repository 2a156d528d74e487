"""allauth's pages, each form in one transaction with the letter it causes, and behind the house's limits."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from portal.limits import PASSWORD_AGAIN, SIGN_IN, SIGN_IN_ANY, SIGN_UP, client_network, spend


class OneTransaction:
    """What a form changes, its event and its letter are committed together or not at all."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return response


class SignIn(OneTransaction, views.LoginView):
    """Signs in by e-mail address.

    Attempts are counted for each client address, and there for each account too. None are counted
    for an account alone: whoever knows an e-mail address could shut its owner out.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = request.POST.get("login", "").strip().lower()
        network = client_network(request)
        spend(SIGN_IN_ANY, network)
        spend(SIGN_IN, f"{network} {account}")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class SignUp(OneTransaction, views.SignupView):
    """Opens an account; says the same for an address that has one, whose owner gets a letter instead."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        spend(SIGN_UP, client_network(request))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:  # the same address signed up a moment ago, after this form was checked
            form.account_already_exists = True
            return super().form_valid(form)


class ConfirmAddress(views.ConfirmEmailView):
    """Asks for a press of the button: programs that read mail follow links, and that must do nothing."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().post(*args, **kwargs)
            return response

    def logout_other_user(self, confirmation: Any) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


class AsksForPassword:
    """Takes the password of the person signed in; only their own sessions spend their attempts."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        spend(PASSWORD_AGAIN, str(request.user.pk))
        response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return response


class TypePasswordAgain(AsksForPassword, views.ReauthenticateView):
    """Makes the sign-in recent."""


class ChangePassword(AsksForPassword, OneTransaction, views.PasswordChangeView):
    """Replaces the password of the person signed in; their other sessions end."""


class AskForReset(OneTransaction, views.PasswordResetView):
    """Orders a letter, to whatever address."""


class ResetPassword(OneTransaction, views.PasswordResetFromKeyView):
    """Sets a new password with the token of the letter."""


account = login_required(TemplateView.as_view(template_name="account/email.html"))
