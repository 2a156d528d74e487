from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.core import checks
from django.urls import register_converter

from portal.converters import NAME, AnyCaseUUIDConverter
from portal.database_roles import warn_of_strong_role


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Site"

    def ready(self) -> None:
        """Register the converter before any module of URLs is read, and the check of the database's role."""
        register_converter(AnyCaseUUIDConverter, NAME)
        checks.register(warn_of_strong_role, checks.Tags.database, deploy=True)


class DeskConfig(admin.AdminConfig):
    """Django's admin with the desk as its site."""

    default = False
    default_site = "portal.admin_site.DeskSite"
