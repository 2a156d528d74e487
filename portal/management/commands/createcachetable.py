"""Django's ``createcachetable``, whose table the application's role may use."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import createcachetable
from django.db import connections

from portal import database_roles


class Command(createcachetable.Command):
    """Creates the table of the cache, and then grants the rights on it."""

    def handle(self, *tablenames: Any, **options: Any) -> None:
        super().handle(*tablenames, **options)
        if not options["dry_run"]:
            database_roles.grant(connections[options["database"]])
