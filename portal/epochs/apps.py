from django.apps import AppConfig


class EpochsConfig(AppConfig):
    name = "portal.epochs"
    label = "epochs"
    verbose_name = "Epochs"
