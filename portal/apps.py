from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Site"


class DeskConfig(admin.AdminConfig):
    """Django's admin with the desk as its site."""

    default = False
    default_site = "portal.admin_site.DeskSite"
