from typing import Final

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.module_loading import import_string

from portal.sealing import SealedColumn, sealed_columns

PURPOSE: Final = "kept form"
"""What kept forms are sealed for."""


class KeptFormsConfig(AppConfig):
    name = "portal.kept_forms"
    label = "kept_forms"
    verbose_name = "Kept forms"

    def ready(self) -> None:
        """Declare where kept forms are stored sealed, and offer what was kept at every sign-in.

        The receiver needs the models, which are there only now.
        """
        sealed_columns[PURPOSE] = SealedColumn("kept_forms.KeptForm", "sealed")
        receiver = import_string("portal.kept_forms.offers.offer_after_sign_in")
        user_logged_in.connect(receiver, dispatch_uid="kept_forms.offer")
