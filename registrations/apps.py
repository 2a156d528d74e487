from django.apps import AppConfig

from portal.sealing import SealedColumn, sealed_columns
from registrations.client_secrets import PURPOSE


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Client registrations"

    def ready(self) -> None:
        """Declare where sealed secrets are stored, so that a change of keys finds them."""
        sealed_columns[PURPOSE] = SealedColumn("registrations.ClientSecret", "sealed_secret")
