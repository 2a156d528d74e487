"""Migration operations that are safe while the previous release still serves the same database.

Each operation blocks readers and writers for milliseconds at most, commits on its own, and does nothing
if it is already done. A migration made of them therefore has ``atomic = False`` and can be run again
after an interruption. On SQLite, which only one machine uses, they do what Django's own operations do.
CONTRIBUTING.md says when to use which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import structlog
from django.db import OperationalError, migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Editor = BaseDatabaseSchemaEditor

log = structlog.stdlib.get_logger("portal.migrations")

LOCK_REFUSED = ("55P03", "40P01")
"""PostgreSQL's error codes for a lock timeout and for a deadlock."""
BATCH_TRIES = 300
BATCH_PAUSE = 0.1
"""Seconds before a batch with a locked row is tried again."""
ROWS_A_LINE = 10_000


def lock_was_refused(error: OperationalError) -> bool:
    """Whether the database gave up waiting for a lock; if so, the transaction can be tried again."""
    return getattr(error.__cause__, "sqlstate", None) in LOCK_REFUSED


@contextmanager
def session_settings(connection: BaseDatabaseWrapper, **values: str) -> Iterator[None]:
    """Set parameters of this database session while the block runs; does nothing on SQLite."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name = ANY(%s)", [[*values]]
        )
        before = dict(cursor.fetchall())
    _set(connection, values)
    try:
        yield
    finally:
        if connection.is_usable():
            _set(connection, before)


def _set(connection: BaseDatabaseWrapper, values: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def fill_in_batches(
    rows: models.QuerySet[Any], change: Callable[[Any], None], columns: Sequence[str], *, size: int = 500
) -> None:
    """Let ``change`` set the columns of each row, and save the rows that it changed.

    Walks the table by primary key, ``size`` rows per transaction, and logs its progress. It does not
    wait for a locked row, but tries the batch again a moment later.
    """
    table, total, done, last = rows.model._meta.db_table, rows.count(), 0, 0
    while batch := _fill_patiently(rows.filter(pk__gt=last).order_by("pk"), change, columns, size):
        last, before, done = batch[-1].pk, done, done + len(batch)
        if before // ROWS_A_LINE < done // ROWS_A_LINE or len(batch) < size:
            log.info("filled", table=table, columns=list(columns), rows=done, of=max(done, total))


def _fill_patiently(
    rows: models.QuerySet[Any], change: Callable[[Any], None], columns: Sequence[str], size: int
) -> list[Any]:
    """Fill one batch in a transaction of its own, and return its rows."""
    for left in reversed(range(BATCH_TRIES)):
        try:
            with transaction.atomic(using=rows.db):
                batch = list(rows.select_for_update(nowait=True, of=("self",), no_key=True)[:size])
                changed = []
                for row in batch:
                    before = [getattr(row, column) for column in columns]
                    change(row)
                    if before != [getattr(row, column) for column in columns]:
                        changed.append(row)
                rows.model._default_manager.using(rows.db).bulk_update(changed, columns)
            return batch
        except OperationalError as error:
            if not left or not lock_was_refused(error):
                raise
            time.sleep(BATCH_PAUSE)
    raise AssertionError("The last try returns or raises.")


class AddColumn(migrations.AddField):
    """Adds a column, with the index and the foreign key that belong to it."""

    atomic = True

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        if not self._is_there(app_label, schema_editor, *states):
            super().database_forwards(app_label, schema_editor, *states)
            # In the operation's own transaction, what Django defers to the end of the migration.
            while schema_editor.deferred_sql:
                schema_editor.execute(schema_editor.deferred_sql.pop(0), params=None)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        if self._is_there(app_label, schema_editor, *reversed(states)):
            super().database_backwards(app_label, schema_editor, *states)

    def _is_there(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> bool:
        """Whether the column exists. The last of ``states`` has to be the one with the column."""
        model = states[-1].apps.get_model(app_label, self.model_name)
        with schema_editor.connection.cursor() as cursor:
            found = schema_editor.connection.introspection.get_table_description(cursor, model._meta.db_table)
        return model._meta.get_field(self.name).column in {column.name for column in found}


class AllowNull(migrations.AlterField):
    """Lets a column be empty. Django would drop its foreign key and read the whole table to make it anew."""

    atomic = True

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        self._alter("DROP", super().database_forwards, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        self._alter("SET", super().database_backwards, app_label, schema_editor, *states)

    def _alter(
        self,
        what: str,
        otherwise: Callable[..., None],
        app_label: str,
        schema_editor: Editor,
        *states: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            otherwise(app_label, schema_editor, *states)
            return
        model = states[-1].apps.get_model(app_label, self.model_name)
        names = (model._meta.db_table, model._meta.get_field(self.name).column)
        table, column = map(schema_editor.quote_name, names)
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} {what} NOT NULL", params=None)


class BuildIndex(migrations.AddIndex):
    """Builds an index without blocking readers or writers; rebuilds one that was left incomplete."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            if not _has(schema_editor, model, self.index.name):
                super().database_forwards(app_label, schema_editor, *states)
            return
        build_concurrently(schema_editor, self.index.name, self.index.create_sql(model, schema_editor))

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[0].apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            drop_concurrently(schema_editor, self.index.name)
        elif _has(schema_editor, model, self.index.name):
            super().database_backwards(app_label, schema_editor, *states)


def build_concurrently(schema_editor: Editor, name: str, sql: object) -> None:
    """Create an index on PostgreSQL without blocking writers, unless it already exists."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        if cursor.fetchone() == (True,):
            return
    with session_settings(
        schema_editor.connection, lock_timeout="0"
    ):  # it waits for old transactions, but blocks nobody
        drop_concurrently(schema_editor, name)
        schema_editor.execute(str(sql).replace(" INDEX ", " INDEX CONCURRENTLY ", 1), params=None)


def drop_concurrently(schema_editor: Editor, name: str) -> None:
    """Drop an index on PostgreSQL without blocking writers, if it exists."""
    with session_settings(schema_editor.connection, lock_timeout="0"):
        quoted = schema_editor.quote_name(name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}", params=None)


class AddCheck(migrations.AddConstraint):
    """Adds a CHECK constraint for new rows at once, then validates existing rows without blocking writers."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        is_there = _has(schema_editor, model, self.constraint.name)
        if schema_editor.connection.vendor == "postgresql":
            table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
            if not is_there:
                sql = self.constraint.create_sql(model, schema_editor)
                schema_editor.execute(f"{sql} NOT VALID", params=None)
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)
        elif not is_there:
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[0].apps.get_model(app_label, self.model_name)
        if _has(schema_editor, model, self.constraint.name):
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_backwards(app_label, schema_editor, *states)


class ReplaceCheck(migrations.AlterConstraint):
    """Replaces a CHECK constraint by another one of the same name: there is no moment without either.

    Django's own operation changes its state alone.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        constraint = next(one for one in model._meta.constraints if one.name == self.name)
        if schema_editor.connection.vendor != "postgresql":
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.add_constraint(model, constraint)  # makes the table anew with what is declared
            return
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
        added = str(constraint.create_sql(model, schema_editor)).removeprefix(f"ALTER TABLE {table} ")
        swap = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, {added} NOT VALID"
        schema_editor.execute(swap, params=None)
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", params=None)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        self.database_forwards(app_label, schema_editor, *states)


class SetDefault(Operation):
    """Gives an existing column the database default that its model field declares."""

    atomic = True
    reversible = True

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name, self.name = model_name, name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing to do: the migration that added the column already declares the default."""

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        without = copy(field)
        without.db_default = models.NOT_PROVIDED
        schema_editor.alter_field(model, without, field)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        """Nothing to do: the default does no harm."""

    def describe(self) -> str:
        return f"Set the database default of {self.name} on {self.model_name}"


def _has(schema_editor: Editor, model: type[models.Model], name: str) -> bool:
    """Whether the table has a constraint or an index of this name."""
    connection, table = schema_editor.connection, model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            return name in connection.introspection.get_constraints(cursor, table)
        # Django parses every token of each table here, which took a third of a new installation's time.
        named = "SELECT 1 FROM sqlite_master WHERE tbl_name = %s AND (name = %s OR instr(sql, %s))"
        cursor.execute(named, [table, name, f" CONSTRAINT {schema_editor.quote_name(name)} "])
        return cursor.fetchone() is not None
