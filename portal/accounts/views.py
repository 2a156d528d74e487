"""allauth's pages, each form in one transaction with the email it causes, and behind the house's limits."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from portal.accounts import known_password
from portal.accounts.known_password import end_password
from portal.accounts.models import User
from portal.limits import PASSWORD_AGAIN, SIGN_IN, SIGN_IN_ANY, SIGN_UP, client_network, spend


class OneTransaction:
    """What a form changes, its event and its email are committed together or not at all."""

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

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        known_password.remember(self.request, form.user)
        return response


class SignUp(OneTransaction, views.SignupView):
    """Opens an account; says the same for an address that has one, whose owner gets an email instead."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        spend(SIGN_UP, client_network(request))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response = super().form_valid(form)
        except IntegrityError:  # the same address signed up a moment ago, after this form was checked
            form.account_already_exists = True
            response = super().form_valid(form)
        known_password.remember(self.request, self.user)
        return response


class ConfirmAddress(views.ConfirmEmailView):
    """Asks for a press of the button: programs that read mail follow links, and that must do nothing.

    Who presses it owns the address. Unless the password was typed in the same session, somebody
    else may have chosen it: then it ends, and the owner goes on to choose one.
    """

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            owner = self._owner()
            password_stays = known_password.is_known(self.request, owner)
            response: HttpResponse = super().post(*args, **kwargs)
            known_password.remember(self.request, None)
            if password_stays or not self.object.email_address.verified:
                return response
            end_password(owner)
            return self._to_choose_password(owner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        owner = self.object.email_address.user if self.object else None
        context["password_stays"] = owner is not None and known_password.is_known(self.request, owner)
        return context

    def _owner(self) -> User:
        """Locked: of two presses the second waits, and finds that the link is used."""
        address = self.get_object().email_address
        return User.objects.select_for_update(of=("self",)).get(pk=address.user_id)

    def _to_choose_password(self, owner: User) -> HttpResponse:
        """As the link of a reset email does: the token stays in the session, out of the address."""
        self.request.session[views.INTERNAL_RESET_SESSION_KEY] = default_token_generator.make_token(owner)
        return redirect(
            "account_reset_password_from_key",
            uidb36=user_pk_to_url_str(owner),
            key=views.PasswordResetFromKeyView.reset_url_key,
        )

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
    """Orders an email, to whatever address."""


class ResetPassword(OneTransaction, views.PasswordResetFromKeyView):
    """Sets a new password with the token of the email."""


account = login_required(TemplateView.as_view(template_name="account/email.html"))
