"""The tokens of links that set a password or sign in: void once a backup was restored.

``ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR`` names the first. allauth's forms import this module while they are
imported themselves, so take that generator from there, and import them before this module.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.utils.http import base36_to_int

from portal.accounts.provider_accounts import is_provider_only
from portal.epochs.models import Epoch

SIGN_IN_LINK_LASTS: Final = timedelta(minutes=15)


class PasswordTokens(EmailAwarePasswordResetTokenGenerator):
    """allauth's tokens, which end with their epoch.

    A restored backup brings back the old password and the old time of sign-in, and with them the tokens that
    were used up since. Before the first restore they are allauth's own, so that two releases read the same.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        value: str = super()._make_hash_value(user, timestamp)
        return value + Epoch.objects.current()

    def check_token(self, user: Any, token: str | None) -> bool:
        """Whether the token works; never for an account that is signed in to at the provider alone."""
        return bool(super().check_token(user, token)) and not is_provider_only(user)


class SignInTokens(PasswordTokens):
    """Tokens that end with the password, the next sign-in, the address, the epoch, and after 15 minutes."""

    key_salt = "portal.accounts.sign_in_links"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not token or not super().check_token(user, token):
            return False
        made_at = base36_to_int(token.split("-")[0])
        return bool(self._num_seconds(self._now()) - made_at <= SIGN_IN_LINK_LASTS.total_seconds())
