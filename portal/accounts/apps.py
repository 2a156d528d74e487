from typing import Final

from django.apps import AppConfig

from portal.sealing import SealedColumn, sealed_columns

SECOND_FACTOR: Final = "second factor"
"""What the secrets of authenticator apps and the seeds of recovery codes are sealed for."""


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        """Declare where secrets of second factors are stored sealed."""
        sealed_columns[SECOND_FACTOR] = SealedColumn(
            "mfa.Authenticator", "data", keys=("secret", "seed"), named_by="user__pseudonym"
        )
