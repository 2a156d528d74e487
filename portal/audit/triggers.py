"""Database triggers that refuse changes to the audit log.

SQLite drops them when a migration rebuilds the table, so such a migration has to end with ``install``.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE_INSTALL = (
    """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END
    """,
    """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END
    """,
    # INSERT OR REPLACE deletes rows without firing the trigger above.
    """
    CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id OR uuid = NEW.uuid)
    BEGIN SELECT RAISE(ABORT, 'audit events are never replaced'); END
    """,
)
SQLITE_REMOVE = (
    "DROP TRIGGER IF EXISTS audit_event_no_update",
    "DROP TRIGGER IF EXISTS audit_event_no_delete",
    "DROP TRIGGER IF EXISTS audit_event_no_replace",
)
POSTGRES_INSTALL = (
    """
    CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit events are never changed or deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_event_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()
    """,
)
POSTGRES_REMOVE = (
    "DROP TRIGGER IF EXISTS audit_event_append_only ON audit_event",
    "DROP FUNCTION IF EXISTS audit_event_refuse()",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, replacing any that exist."""
    remove(connection)
    _run(connection, SQLITE_INSTALL if connection.vendor == "sqlite" else POSTGRES_INSTALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, to undo the migration or to let tests empty all tables."""
    _run(connection, SQLITE_REMOVE if connection.vendor == "sqlite" else POSTGRES_REMOVE)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
