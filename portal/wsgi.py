"""The WSGI application, which `portal.asgi` calls."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup(set_prefix=False)

from portal.security import PortalHandler  # noqa: E402

application = PortalHandler()
