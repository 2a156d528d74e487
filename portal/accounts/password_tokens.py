"""The tokens of links that set a password: void once a backup was restored.

``ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR`` names them. allauth's forms import this module while they are
imported themselves, so take the generator from there.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from portal.epochs.models import Epoch


class PasswordTokens(EmailAwarePasswordResetTokenGenerator):
    """allauth's tokens, which end with their epoch.

    A restored backup brings back the old password and the old time of sign-in, and with them the tokens that
    were used up since. Before the first restore they are allauth's own, so that two releases read the same.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        value: str = super()._make_hash_value(user, timestamp)
        return value + Epoch.objects.current()
