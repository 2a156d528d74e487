from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.urls import register_converter

from portal.converters import NAME, AnyCaseUUIDConverter


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Site"

    def ready(self) -> None:
        """Register the converter before any module of URLs is read."""
        register_converter(AnyCaseUUIDConverter, NAME)


class DeskConfig(admin.AdminConfig):
    """Django's admin with the desk as its site."""

    default = False
    default_site = "portal.admin_site.DeskSite"
