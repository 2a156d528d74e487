"""``manage.py build_search_indexes``: the indexes of the desk's search, once the database can have them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.online_migrations import session_settings
from registrations.models import search_indexes


class Command(BaseCommand):
    help = "Builds the indexes of the desk's search on PostgreSQL. Needs the extension pg_trgm."

    def handle(self, **options: Any) -> None:
        with (
            session_settings(connection, statement_timeout="0"),
            connection.schema_editor(atomic=False) as editor,
        ):
            if not search_indexes.build(editor):
                raise CommandError("The database has no extension pg_trgm. See docs/operations.md, Search.")
        self.stdout.write("The search has its indexes.")
