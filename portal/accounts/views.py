"""allauth's views with the portal's rate limits, and with each form and its email in one transaction."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login, user_pk_to_url_str
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts import known_devices, known_password
from portal.accounts.confirmation import Confirmation
from portal.accounts.forms import FoundingForm
from portal.accounts.invitations import token_of, waiting_for
from portal.accounts.models import User
from portal.limits import SIGN_UP, TooManyRequests, client_network, spend

RETRY_AFTER = 60
"""Seconds; the window of most of allauth's own limits is one minute."""


class OneTransaction:
    """A view mixin that commits a form's changes, event and email together or not at all."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return response


class SignIn(OneTransaction, views.LoginView):
    """Sign-in by email address. What is wrong with a password is counted by the adapter."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        known_password.remember(self.request, form.user)
        return response


class SignUp(OneTransaction, views.SignupView):
    """Sign-up. An address that already has an account gets the same page, and its owner an email."""

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
    """Confirms an email address by POST only, because mail scanners open links.

    Confirming proves who owns the address. In the session in which the password was typed, the same page
    asks for the names of the person and the organisation, and signs the person in. In any other session,
    somebody else may have chosen the password: it stops working, and the owner goes on to choose one.
    """

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            self.object = self.get_object()
            # The lock makes a second POST at the same time wait; it then finds the link used.
            owner = User.objects.select_for_update(of=("self",)).get(pk=self.object.email_address.user_id)
            password_stays = known_password.is_known(self.request, owner)
            form = self.names_of(owner, self.request.POST) if password_stays else None
            if form and not form.is_valid() and "later" not in self.request.POST:
                return self.render_to_response(self.get_context_data(form=form))
            response: HttpResponse = super().post(*args, **kwargs)
            known_password.remember(self.request, None)
            if not self.object.email_address.verified:
                return response
            if password_stays:
                return self.sign_in(owner, form)
            known_password.end_password(owner)
        # As with a reset link, the session holds the token, not the URL.
        self.request.session[views.INTERNAL_RESET_SESSION_KEY] = default_token_generator.make_token(owner)
        return redirect(
            "account_reset_password_from_key",
            uidb36=user_pk_to_url_str(owner),
            key=views.PasswordResetFromKeyView.reset_url_key,
        )

    def get_object(self, queryset: object = None) -> Confirmation:
        """What the key confirms. Raises Http404 where it confirms nothing any more."""
        found = Confirmation.from_key(self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def names_of(self, owner: User, posted: QueryDict | None = None) -> FoundingForm | None:
        """The form for the names; None for staff, members of an organisation and those who are invited."""
        is_founder = not (owner.is_staff or owner.memberships.exists() or waiting_for(owner, holds_link=True))
        return FoundingForm(posted, founder=owner) if is_founder else None

    def sign_in(self, owner: User, form: FoundingForm | None) -> HttpResponse:
        """Keep the names and sign the owner in, whose password was typed in this session.

        Somebody who is invited sees the invitation next, even if they came by another link.
        """
        if form and "later" in self.request.POST:
            form.name_founder()
        elif form:
            messages.success(self.request, f"{form.found().name} is set up. You are its admin.")
        waiting = [] if owner.memberships.exists() else waiting_for(owner)
        goes_to = reverse("invitation", args=[token_of(waiting[0])]) if waiting else self.get_next_url()
        response: HttpResponse = perform_login(self.request, owner, redirect_url=goes_to)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        owner = self.object.email_address.user if self.object else None
        context["password_stays"] = owner is not None and known_password.is_known(self.request, owner)
        if owner and context["password_stays"]:
            context["domain"] = owner.domain_in_use(holds_link=True)
            context["is_invited"] = bool(waiting_for(owner, holds_link=True))
            context.setdefault("form", self.names_of(owner))
        return context

    def logout_other_user(self, confirmation: Any) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


class TypePasswordAgain(views.ReauthenticateView):
    """Asks for the password again, so that the sign-in counts as recent."""


class ChangePassword(OneTransaction, views.PasswordChangeView):
    """Changes the user's password and ends their other sessions. This browser stays known."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        known_devices.remember(self.request, response, form.user)
        return response


class AskForReset(OneTransaction, views.PasswordResetView):
    """Asks for an address and queues a reset email, whether or not it has an account."""


class ResetPassword(OneTransaction, views.PasswordResetFromKeyView):
    """Sets a password with the token from an email, which proves whose address it went to as well."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            owner = self.reset_user
            address, _ = EmailAddress.objects.get_or_create(
                user=owner, email=owner.email, defaults={"primary": True}
            )
            if not address.verified:
                get_adapter().confirm_email(self.request, address)
        return response


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """Answer allauth's own limits as the portal's: the middleware turns this into 429 and Retry-After."""
    raise TooManyRequests(RETRY_AFTER)
