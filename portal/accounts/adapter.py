"""The allauth adapter: sends its emails through the outbox and records its changes in the audit log."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.audit.events import record
from portal.limits import client_address
from portal.outbox.queue import enqueue

PREFIX = "account/email/"


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks. An email is queued as ids only; its keys and tokens are made when it is sent."""

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
            case unknown:
                raise KeyError(unknown)

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
        super().set_password(user, password)
        record(AccountEvent.PASSWORD_CHANGED, by=user, stream=user.pseudonym)

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
