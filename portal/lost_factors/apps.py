from django.apps import AppConfig


class LostFactorsConfig(AppConfig):
    name = "portal.lost_factors"
    label = "lost_factors"
    verbose_name = "Lost second factors"
