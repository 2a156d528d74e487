"""Database triggers that refuse changes to the audit log and to its seals.

SQLite drops them when a migration rebuilds a table, so such a migration has to end with ``install``.
"""

from collections.abc import Collection
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = {
    "audit_event": ("audit events", "id = NEW.id OR uuid = NEW.uuid"),
    "audit_eventseal": ("seals of events", "sequence = NEW.sequence"),
    "audit_sealedevent": (
        "places of sealed events",
        "event_id = NEW.event_id OR (seal_id = NEW.seal_id AND position = NEW.position)",
    ),
}
"""The tables, and for each what its rows are, and when a row would take the place of another."""

SQLITE_INSTALL = (
    """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{rows} are never changed'); END
    """,
    """
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{rows} are never deleted'); END
    """,
    # INSERT OR REPLACE deletes rows without firing the trigger above.
    """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
    BEGIN SELECT RAISE(ABORT, '{rows} are never replaced'); END
    """,
)
SQLITE_REMOVE = (
    "DROP TRIGGER IF EXISTS {table}_no_update",
    "DROP TRIGGER IF EXISTS {table}_no_delete",
    "DROP TRIGGER IF EXISTS {table}_no_replace",
)
POSTGRES_INSTALL = (
    """
    CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{rows} are never changed or deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER {table}_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
    """,
)
POSTGRES_REMOVE = (
    "DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
    "DROP FUNCTION IF EXISTS {table}_refuse()",
)


def install(connection: BaseDatabaseWrapper, tables: Collection[str] = tuple(TABLES)) -> None:
    """Create the triggers, replacing any that exist.

    Tables that are not there yet are left out: a later migration makes them.
    """
    remove(connection, tables)
    statements = SQLITE_INSTALL if connection.vendor == "sqlite" else POSTGRES_INSTALL
    _run(connection, statements, set(tables) & set(connection.introspection.table_names()))


def remove(connection: BaseDatabaseWrapper, tables: Collection[str] = tuple(TABLES)) -> None:
    """Drop the triggers, to undo the migration or to let tests empty all tables."""
    _run(connection, SQLITE_REMOVE if connection.vendor == "sqlite" else POSTGRES_REMOVE, tables)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...], tables: Collection[str]) -> None:
    with connection.cursor() as cursor:
        for table in sorted(tables):
            rows, same = TABLES[table]
            for statement in statements:
                cursor.execute(statement.format(table=table, rows=rows, same=same))
