"""The indexes on PostgreSQL with which the desk finds any part of a text.

They need the extension ``pg_trgm``. No model can declare them: SQLite, which has no such index, reads the
tables, which are one machine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from portal.online_migrations import build_concurrently, drop_concurrently

log = structlog.stdlib.get_logger("registrations.search_indexes")

SEARCH_INDEXES: Final[Mapping[str, str]] = {
    "revision_client_name_part": "registrations_revision USING gin (upper(client_name) gin_trgm_ops)",
    "revision_client_uri_part": "registrations_revision USING gin (client_uri gin_trgm_ops)",
    "redirect_uri_host_part": "registrations_redirecturi USING gin (host gin_trgm_ops)",
    "registration_client_id_part": "registrations_registration USING gin ((client_id::text) gin_trgm_ops)",
    "organisation_name_part": "accounts_organisation USING gin (upper(name) gin_trgm_ops)",
    "person_email_part": "accounts_user USING gin (email gin_trgm_ops)",
}
_INSTALL: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_CANNOT: Final = ("42501", "58P01", "0A000")
"""PostgreSQL's error codes: no right to do it, no such file on the server, no such extension."""


def build(editor: BaseDatabaseSchemaEditor) -> bool:
    """Build the indexes that are missing, without blocking writers; returns whether all are there.

    They are not where the database's role may not install the extension. The search then reads the tables.
    Without ``fastupdate`` no search has to read what was not yet sorted in.
    """
    if editor.connection.vendor != "postgresql" or not _installed(editor):
        return False
    for name, columns in SEARCH_INDEXES.items():
        build_concurrently(editor, name, f"CREATE INDEX {name} ON {columns} WITH (fastupdate = off)")
    return True


def drop(editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the indexes. The extension stays, since it may be somebody else's."""
    if editor.connection.vendor == "postgresql":
        for name in SEARCH_INDEXES:
            drop_concurrently(editor, name)


def _installed(editor: BaseDatabaseSchemaEditor) -> bool:
    """Install the extension where it is not, and return whether it is there."""
    try:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute(_INSTALL)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _CANNOT:
            raise
        log.warning("search_without_indexes", error=str(error).strip(), remedy="docs/operations.md, Search")
        return False
    return True
