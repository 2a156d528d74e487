"""What the application's role may do in a PostgreSQL database that another role owns and migrates.

deploy/database/1-roles.sql makes both roles, and every command that makes tables calls ``grant``. Where
PORTAL_DATABASE_ROLE is not set there is one role, which owns everything, and on SQLite there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = "audit_"
"""What the names of the tables begin with to which the application only adds: those of the app ``audit``."""
GRANTS = """
SELECT concat('REVOKE ALL ON ', one, ' FROM ', role, '; GRANT ', rights, ' ON ', one, ' TO ', role)
FROM (
    SELECT
        concat(CASE WHEN relkind = 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END, quote_ident(relname)) AS one,
        quote_ident(%(role)s) AS role,
        CASE
            WHEN relkind = 'S' THEN 'SELECT, USAGE'
            WHEN relname = 'django_migrations' THEN 'SELECT'
            WHEN starts_with(relname, %(append_only)s) THEN 'INSERT, SELECT'
            ELSE 'DELETE, INSERT, SELECT, UPDATE'
        END AS rights,
        (
            SELECT string_agg(privilege_type, ', ' ORDER BY privilege_type) FROM aclexplode(relacl)
            WHERE pg_get_userbyid(grantee) = %(role)s
        ) AS held
    FROM pg_class
    WHERE relkind IN ('r', 'p', 'S')
        AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND pg_get_userbyid(relowner) = current_user
) AS own
WHERE rights IS DISTINCT FROM held
ORDER BY one
"""
"""The statements that give a role its rights on the tables and sequences of the role that is connected, for
those on which it has others."""
CONNECTED = """
SELECT current_user, rolsuper, EXISTS (
    SELECT FROM pg_class WHERE oid = to_regclass('audit_event') AND pg_has_role(relowner, 'MEMBER')
)
FROM pg_roles WHERE rolname = current_user
"""
REMEDY = "Let another role own and migrate the database: docs/operations.md, Roles of the database."


def require_owner(database: BaseDatabaseWrapper) -> None:
    """Refuse to migrate as the application's role, or for one that does not exist. Raises CommandError."""
    if not settings.PORTAL_DATABASE_ROLE:
        return
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT rolname = current_user FROM pg_roles WHERE rolname = %s", [settings.PORTAL_DATABASE_ROLE]
        )
        is_connected = cursor.fetchone()
    if is_connected is None:
        raise CommandError("PORTAL_DATABASE_ROLE: the database server has no role of this name.")
    if is_connected[0]:
        raise CommandError(
            "PORTAL_DATABASE_ROLE is the role that is connected. Set DATABASE_URL to that of the database's"
            " owner: docs/operations.md, Roles of the database."
        )


def grant(database: BaseDatabaseWrapper) -> None:
    """Give the application's role its rights on all tables that the connected role owns, and no others.

    Changes nothing where they are right already.
    """
    if not settings.PORTAL_DATABASE_ROLE or database.vendor != "postgresql":
        return
    names = {"role": settings.PORTAL_DATABASE_ROLE, "append_only": APPEND_ONLY}
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        cursor.execute(GRANTS, names)
        for (statements,) in cursor.fetchall():
            cursor.execute(statements)


def warn_of_strong_role(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """A deployment check: the role that is connected should not be able to change the audit log.

    W001 where it is a superuser, W002 where it owns ``audit_event`` or can act as its owner.
    """
    if "default" not in (databases or ()) or connections["default"].vendor != "postgresql":
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(CONNECTED)
        role, is_superuser, is_owner = cursor.fetchone()
    if is_superuser:
        said = f"The database role {role} is a superuser: it can change the audit log and read all databases."
        return [Warning(said, REMEDY, id="portal.W001")]
    if is_owner:
        said = f"The database role {role} owns audit_event: it can take its triggers away and change events."
        return [Warning(said, REMEDY, id="portal.W002")]
    return []
