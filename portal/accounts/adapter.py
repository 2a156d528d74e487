"""The allauth adapter: sends its emails through the outbox and records its changes in the audit log."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portal.accounts import guessing, known_devices
from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.accounts.provider_accounts import (
    is_provider_only,
    provider_name,
    require_provider_sign_in,
    subject_of,
)
from portal.accounts.recent_sign_in import is_recent, last_sign_in
from portal.accounts.sessions import end_sessions
from portal.audit.events import record
from portal.limits import client_address
from portal.outbox.queue import enqueue

PREFIX = "account/email/"
AGAIN = {
    "reauthenticate": "Enter your password",
    "mfa_reauthenticate": "Use a code of your app or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}
"""How people can confirm that it is them."""


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks. An email is queued as ids only; its keys and tokens are made when it is sent."""

    error_messages: Final = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is wrong.",
        "incorrect_password": "This password is wrong.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the portal's own version of allauth's email. Raises KeyError where there is none."""
        match template_prefix.removeprefix(PREFIX):
            case "email_confirmation" | "email_confirmation_signup":
                address = EmailAddress.objects.get_for_user(context["user"], email)
                enqueue("account_confirm", email_address=address.pk)
            case "account_already_exists":
                enqueue("account_exists", user=User.objects.get_by_natural_key(email).pk)
            case "password_changed" | "password_reset":
                enqueue("account_password_changed", user=User.objects.get_by_natural_key(email).pk)
            case "unknown_account":
                enqueue("account_unknown", address=email)
            case name if name.startswith("mfa/email/"):
                pass  # portal/accounts/second_factor.py queues it with the change
            case unknown:
                raise KeyError(unknown)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose password this is, with the same work for an address without an account; it only looks.

        Raises TooManyRequests during a delay.
        """
        address, password = credentials["email"].strip().lower(), credentials["password"]
        person = User.objects.filter(email=address).first()
        attempt = guessing.begin_sign_in(request, address, person)
        if person and person.check_password(password):
            attempt.passed()
            return person
        if person is None:
            make_password(password)
        attempt.failed(person)
        return None

    def reauthenticate(self, user: Any, password: str) -> bool:
        return guessing.is_own_password(user, password)

    def pre_login(self, request: HttpRequest, user: Any, **about: Any) -> HttpResponse | None:
        """Refuse a deactivated account, and any other way into one of the provider's alone."""
        response: HttpResponse | None = super().pre_login(request, user, **about)
        if response is None:
            require_provider_sign_in(request, user)
        return response

    def get_login_stages(self) -> list[str]:
        """allauth's stages, of which ours asks for no second factor that the provider has asked for."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "portal.accounts.second_factor.OwnFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session, once every step of the sign-in is done, and record how it was done."""
        methods = [step["method"] for step in get_authentication_records(request, user)]
        with transaction.atomic():
            super().login(request, user)
            record(AccountEvent.SIGNED_IN, by=user, stream=user.pseudonym, detail={"methods": methods})

    def post_login(self, request: HttpRequest, user: Any, **about: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **about)
        known_devices.remember(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        with transaction.atomic():
            super().logout(request)
            if isinstance(person, User):
                record(AccountEvent.SIGNED_OUT, by=person, stream=person.pseudonym)

    def save_user(self, request: HttpRequest, user: Any, form: BaseForm, commit: bool = True) -> Any:
        saved = super().save_user(request, user, form, commit=commit)
        record(AccountEvent.ACCOUNT_CREATED, by=saved, stream=saved.pseudonym)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            user = email_address.user
            record(AccountEvent.ADDRESS_CONFIRMED, by=user, stream=user.pseudonym)
        return confirmed

    def set_password(self, user: Any, password: str) -> None:
        """Set the password, and end the person's other sessions."""
        super().set_password(user, password)
        end_sessions(user, why="password", by=user, keep=self.request.session.session_key)
        record(AccountEvent.PASSWORD_CHANGED, by=user, stream=user.pseudonym)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the second factor may not be changed yet; a sign-in counts like a password typed again.

        allauth lets an account pass that has neither password nor factor, so it is stopped here.
        """
        if is_recent(last_sign_in(self.request)):
            return False
        if is_provider_only(self.request.user):
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """allauth's ways, and the provider: on the page that asks for the password where there is none."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        methods = [{**one, "description": AGAIN.get(one["id"], one["description"])} for one in methods]
        if not user.is_authenticated or not subject_of(user):
            return methods
        name = f"Sign in with {provider_name()} again"
        if user.has_usable_password():
            return [*methods, {"id": "provider", "description": name, "url": reverse("provider_again")}]
        page = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": name, "url": page}, *methods]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The page after sign-in: the admin for staff, the list of registrations for everybody else."""
        if isinstance(request.user, User) and request.user.is_staff:
            return reverse("admin:index")
        url: str = super().get_login_redirect_url(request)
        return url

    def is_ajax(self, request: HttpRequest) -> bool:
        """Always False: the account pages answer with HTML only, so there is no JSON version to secure."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that allauth's limits count by; its own code fails on a malformed header."""
        return client_address(request)
