"""Where allauth meets the house: its emails take the outbox, its changes leave an event."""

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
    """Every email is an outbox row with ids in it: keys and tokens are made when it is sent."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Orders the email of that name. Raises KeyError for one that the portal does not write."""
        kind, ids = {
            "email_confirmation": ("account_confirm", self._address_id),
            "email_confirmation_signup": ("account_confirm", self._address_id),
            "account_already_exists": ("account_exists", self._user_id),
            "password_changed": ("account_password_changed", self._user_id),
            "password_reset": ("account_password_changed", self._user_id),
            "unknown_account": ("account_unknown", self._bare_address),
        }[template_prefix.removeprefix(PREFIX)]
        enqueue(kind, **ids(email, context))

    def _address_id(self, email: str, context: dict[str, Any]) -> dict[str, int | str]:
        return {"email_address": EmailAddress.objects.get_for_user(context["user"], email).pk}

    def _user_id(self, email: str, context: dict[str, Any]) -> dict[str, int | str]:
        return {"user": User.objects.values_list("pk", flat=True).get(email__iexact=email)}

    def _bare_address(self, email: str, context: dict[str, Any]) -> dict[str, int | str]:
        return {"address": email}

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
        """Staff go to their desk, everybody else to the registrations."""
        if isinstance(request.user, User) and request.user.is_staff:
            return reverse("admin:index")
        url: str = super().get_login_redirect_url(request)
        return url

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the account pages have one face, and JSON would be a second one to guard."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """By which allauth counts; its own reading refuses a header that is malformed, or fails."""
        return client_address(request)
