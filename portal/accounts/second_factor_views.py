"""allauth's views of the second factor, each change with its event and email in one transaction."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp import views as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from portal.accounts.decorators import SignedInRequest
from portal.accounts.events import AccountEvent
from portal.accounts.models import Organisation
from portal.accounts.second_factor import (
    book_change,
    has_second_factor,
    is_required_by_organisation,
    lock_before_removal,
)
from portal.accounts.second_factor_required import WANTED
from portal.accounts.views import OneTransaction
from portal.json_answers import wants_json

Kind = Authenticator.Type


class Booked:
    """A view mixin for forms that change a factor: the change, its event and its email, or none of them."""

    request: SignedInRequest
    event: AccountEvent
    kind: str

    def form_valid(self, form: BaseForm) -> HttpResponse:
        with transaction.atomic():
            self.before_change()
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            keep = self.request.session.session_key
            book_change(self.event, str(self.kind), by=self.request.user, keep=keep)
            if self.event is AccountEvent.FACTOR_ADDED:
                # It has just been shown to work, so this session counts as having it.
                record_authentication(self.request, self.request.user, "mfa", type=str(self.kind))
        return response

    def before_change(self) -> None:
        """What is checked first, in the same transaction."""


class Added(Booked):
    """A new factor. Of two forms sent at once, the second leads to what the first one set up."""

    event = AccountEvent.FACTOR_ADDED

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:
            return redirect("mfa_index")


class Index(base.IndexView):
    """The factors of the person, and where they wanted to go before they had to set one up."""

    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_proven = has_second_factor(self.request)
        wanted = self.request.session.get(WANTED, "") if is_proven else ""
        is_required = is_required_by_organisation(self.request)
        more = {"wanted": wanted, "is_required": is_required}
        if is_required and not is_proven and not self.request.user.is_staff:
            more["leaves"] = Organisation.objects.filter(memberships__user=self.request.user).order_by("pk")
        return {**super().get_context_data(**kwargs), **more}


@method_decorator(
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"), name="dispatch"
)
class Authenticate(base.AuthenticateView):
    """Asks for the second factor at sign-in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Begin anew where it was taken off meanwhile: there is none to ask for, and the sign-in page would
        lead back here."""
        stage = request._login_stage  # type: ignore[attr-defined]  # the decorator sets it
        if not is_mfa_enabled(stage.login.user, [Kind.TOTP, Kind.WEBAUTHN]):
            response: HttpResponseBase = stage.abort()
            return response
        return super().dispatch(request, *args, **kwargs)


class CodeAgain(base.ReauthenticateView):
    """Asks a signed-in person for a code, in place of the password."""


class AddApp(Added, totp.ActivateTOTPView):
    """Sets up an authenticator app."""

    kind = Kind.TOTP


class RemoveApp(Booked, totp.DeactivateTOTPView):
    """Removes the authenticator app."""

    event, kind = AccountEvent.FACTOR_REMOVED, Kind.TOTP

    def before_change(self) -> None:
        lock_before_removal(self.authenticator, by=self.request.user)


class AddPasskey(Added, webauthn.AddWebAuthnView):
    """Adds a passkey."""

    kind = Kind.WEBAUTHN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return {**context, **kwargs, "js_data": {"creation_options": options}}


class RemovePasskey(Booked, webauthn.RemoveWebAuthnView):
    """Removes a passkey."""

    event, kind = AccountEvent.FACTOR_REMOVED, Kind.WEBAUTHN

    def before_change(self) -> None:
        lock_before_removal(self.object, by=self.request.user)


class PasskeyAgain(webauthn.ReauthenticateWebAuthnView):
    """Asks a signed-in person for a passkey, in place of the password."""


class PasskeySignIn(OneTransaction, webauthn.LoginWebAuthnView):
    """Signs in with a passkey alone. A script asks for the challenge first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"request_options": auth.begin_authentication(user=None)})
        return redirect("account_login")


class NewCodes(Booked, recovery_codes.GenerateRecoveryCodesView):
    """Replaces the recovery codes."""

    event, kind = AccountEvent.FACTOR_REPLACED, Kind.RECOVERY_CODES


@method_decorator(login_required, name="dispatch")
class Codes(recovery_codes.ViewRecoveryCodesView):
    """Shows the recovery codes that are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.session.get(WANTED, "")
        return {**super().get_context_data(**kwargs), "wanted": wanted or reverse("mfa_index")}


@login_required
def needed(request: SignedInRequest) -> HttpResponse:
    """Lead somebody on whose session has no second factor: to prove the one they have, or to set one up."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if not kinds or has_second_factor(request):
        return redirect("mfa_index")
    request.session.setdefault(WANTED, reverse("mfa_index"))
    page = "mfa_reauthenticate" if kinds - {Kind.WEBAUTHN} else "mfa_reauthenticate_webauthn"
    return redirect(reverse(page, query={"next": request.session[WANTED]}))
