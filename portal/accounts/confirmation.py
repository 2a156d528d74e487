"""The key of the link that confirms an email address: void once a backup was restored."""

from __future__ import annotations

from datetime import timedelta

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import signing

from portal.epochs.models import Epoch


class Confirmation(EmailConfirmationHMAC):
    """allauth's key for an address, signed for the epoch.

    It names the row of the address by a number, which a restored database gives to another address.
    Before the first restore it is allauth's own key, so that two releases read the same.
    """

    @property
    def key(self) -> str:
        return signing.dumps(obj=self.email_address.pk, salt=_salt())

    @classmethod
    def from_key(cls, key: str) -> Confirmation | None:
        """The address that the key confirms; None for a key that is forged, too old or used."""
        try:
            valid_for = timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)
            address = EmailAddress.objects.get(
                pk=signing.loads(key, max_age=valid_for, salt=_salt()), verified=False
            )
        except (signing.BadSignature, EmailAddress.DoesNotExist):
            return None
        return cls(address)


def _salt() -> str:
    return f"{app_settings.SALT}{Epoch.objects.current()}"
