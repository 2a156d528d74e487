"""The forms of the second factor: allauth's, with limits and for whatever a browser may send."""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from portal.accounts.forms import PlainFields
from portal.accounts.second_factor import totp_secret
from portal.limits import SECOND_FACTOR, Limit, TooManyRequests, spend

UNREADABLE = (TypeError, ValueError, LookupError, AttributeError)
"""What the library raises for a credential that no browser makes. ValidationError is none of them."""
LONGEST_NAME = 60
USED = Limit(
    "second_factor_used",
    allowed=1,
    seconds=(2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD,
)
"""Uses of one code, for as long as an app's code is accepted."""


class Counted:
    """A mixin that counts tries of codes for each account.

    Only somebody who has the password, or a session, gets as far; a passkey is not counted.
    """

    user: Any

    def clean_code(self) -> str:
        spend(SECOND_FACTOR, str(self.user.pk))
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class Once(Counted):
    """A mixin that takes each code once (RFC 6238, section 5.2).

    allauth remembers a used code for half a minute, and accepts it for three times as long.
    """

    def clean_code(self) -> str:
        code = super().clean_code()
        digits = "".join(filter(str.isdecimal, code))  # blanks and hyphens between them are accepted
        try:
            spend(USED, f"{self.user.pk} {digits}")
        except TooManyRequests:
            raise get_adapter().validation_error("incorrect_code") from None
        return code


class CodeForm(Once, PlainFields, AuthenticateForm):
    """The code of an app or a recovery code, at sign-in."""


class CodeAgainForm(Once, PlainFields, ReauthenticateForm):
    """The same, of somebody who is signed in."""


class ActivateForm(Counted, PlainFields, ActivateTOTPForm):
    """The first code of an app, which shows that it was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret: str = totp_secret(get_totp_secret())
        self.fields["code"].label = "Code from the app"


class Readable:
    """A mixin for forms with the credential of a passkey: an unreadable one is a wrong one."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(Readable, AuthenticateWebAuthnForm):
    """A passkey as the second factor at sign-in."""


class PasskeyAgainForm(Readable, ReauthenticateWebAuthnForm):
    """A passkey of somebody who is signed in."""


class PasskeySignInForm(Readable, LoginWebAuthnForm):
    """A passkey in place of address and password."""


class AddPasskeyForm(PlainFields, AddWebAuthnForm):
    """A new passkey, and what its owner calls it."""

    passwordless = None  # always: a passkey here also signs in by itself
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=LONGEST_NAME,
        help_text="For you, to tell your passkeys apart, for example “Work laptop”.",
    )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned
