from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.module_loading import import_string


class KeptFormsConfig(AppConfig):
    name = "portal.kept_forms"
    label = "kept_forms"
    verbose_name = "Kept forms"

    def ready(self) -> None:
        """Offer what was kept at every sign-in; the receiver needs the models, which are there only now."""
        receiver = import_string("portal.kept_forms.offers.offer_after_sign_in")
        user_logged_in.connect(receiver, dispatch_uid="kept_forms.offer")
