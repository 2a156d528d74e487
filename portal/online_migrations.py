"""Steps of migrations that run while the previous release goes on serving the same database.

Each step stops readers and writers for milliseconds at most, is committed by itself, and does nothing
where it is done already: so a migration made of them has ``atomic = False`` and can be run again after
it was interrupted. On SQLite, which one machine has to itself, they do the plain thing.
CONTRIBUTING.md says when to use which.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
"""PostgreSQL's codes: a lock could not be had in time; two transactions waited for each other."""
BATCH_TRIES = 300
BATCH_PAUSE = 0.1
"""Seconds until a batch with a row that somebody holds is tried again."""
ROWS_A_LINE = 10_000


def lock_was_refused(error: OperationalError) -> bool:
    """Whether the database gave up waiting for a lock: all was rolled back and can be tried again."""
    return getattr(error.__cause__, "sqlstate", None) in LOCK_REFUSED


@contextmanager
def session_settings(connection: BaseDatabaseWrapper, **values: str) -> Iterator[None]:
    """Set parameters of this session while the block runs; SQLite has none of them."""
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
    """Let ``change`` set the columns of each row, and store those that differ from before.

    Goes through the table by primary key, ``size`` rows to a transaction, and logs how far it is.
    A row that somebody holds is not waited for: the batch is tried again a moment later.
    """
    table, total, done, last = rows.model._meta.db_table, rows.count(), 0, 0
    while batch := _fill_patiently(rows.filter(pk__gt=last).order_by("pk"), change, columns, size):
        last, before, done = batch[-1].pk, done, done + len(batch)
        if before // ROWS_A_LINE < done // ROWS_A_LINE or len(batch) < size:
            log.info("filled", table=table, columns=list(columns), rows=done, of=max(done, total))


def _fill_patiently(
    rows: models.QuerySet[Any], change: Callable[[Any], None], columns: Sequence[str], size: int
) -> list[Any]:
    for left in reversed(range(BATCH_TRIES)):
        try:
            return _fill(rows, change, columns, size)
        except OperationalError as error:
            if not left or not lock_was_refused(error):
                raise
            time.sleep(BATCH_PAUSE)
    raise AssertionError("The last try returns or raises.")


def _fill(
    rows: models.QuerySet[Any], change: Callable[[Any], None], columns: Sequence[str], size: int
) -> list[Any]:
    with transaction.atomic(using=rows.db):
        batch = list(rows.select_for_update(nowait=True, of=("self",), no_key=True)[:size])
        changed = [row for row in batch if _differs_after(change, row, columns)]
        rows.model._default_manager.using(rows.db).bulk_update(changed, columns)
    return batch


def _differs_after(change: Callable[[Any], None], row: Any, columns: Sequence[str]) -> bool:
    before = [getattr(row, column) for column in columns]
    change(row)
    return before != [getattr(row, column) for column in columns]


class AddColumn(migrations.AddField):
    """Adds a column, with the index and the foreign key that belong to it."""

    atomic = True

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        if not self._is_there(app_label, schema_editor, *states):
            super().database_forwards(app_label, schema_editor, *states)
            _run_deferred(schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        if self._is_there(app_label, schema_editor, *reversed(states)):
            super().database_backwards(app_label, schema_editor, *states)

    def _is_there(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> bool:
        """Asked with the state that has the column last."""
        model = states[-1].apps.get_model(app_label, self.model_name)
        with schema_editor.connection.cursor() as cursor:
            found = schema_editor.connection.introspection.get_table_description(cursor, model._meta.db_table)
        return model._meta.get_field(self.name).column in {column.name for column in found}


class BuildIndex(migrations.AddIndex):
    """Builds an index beside readers and writers; what an interrupted try left is built anew."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            if self.index.name not in _constraints(schema_editor, model):
                super().database_forwards(app_label, schema_editor, *states)
            return
        build_concurrently(schema_editor, self.index.name, self.index.create_sql(model, schema_editor))

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[0].apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            drop_concurrently(schema_editor, self.index.name)
        elif self.index.name in _constraints(schema_editor, model):
            super().database_backwards(app_label, schema_editor, *states)


def build_concurrently(schema_editor: Editor, name: str, sql: object) -> None:
    """Run the CREATE INDEX of PostgreSQL without stopping writers, unless the index is there."""
    if _is_valid_index(schema_editor, name):
        return
    with session_settings(
        schema_editor.connection, lock_timeout="0"
    ):  # it waits for old transactions, in nobody's way
        drop_concurrently(schema_editor, name)
        schema_editor.execute(str(sql).replace(" INDEX ", " INDEX CONCURRENTLY ", 1), params=None)


def drop_concurrently(schema_editor: Editor, name: str) -> None:
    """Drop an index of PostgreSQL without stopping writers, if it is there."""
    with session_settings(schema_editor.connection, lock_timeout="0"):
        quoted = schema_editor.quote_name(name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}", params=None)


def _is_valid_index(schema_editor: Editor, name: str) -> bool:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        return cursor.fetchone() == (True,)


class AddCheck(migrations.AddConstraint):
    """Adds a CHECK constraint that holds for new rows at once, then looks at the old ones unlocked."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        is_there = self.constraint.name in _constraints(schema_editor, model)
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
        if self.constraint.name in _constraints(schema_editor, model):
            with transaction.atomic(using=schema_editor.connection.alias):
                super().database_backwards(app_label, schema_editor, *states)


class SetDefault(Operation):
    """Gives a column that is there the default that the database fills in, as the model's state has it."""

    atomic = True
    reversible = True

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name, self.name = model_name, name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The migration that added the column says so already."""

    def database_forwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        model = states[-1].apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        without = copy(field)
        without.db_default = models.NOT_PROVIDED
        schema_editor.alter_field(model, without, field)

    def database_backwards(self, app_label: str, schema_editor: Editor, *states: ProjectState) -> None:
        """The default harms nobody."""

    def describe(self) -> str:
        return f"Set the database default of {self.name} on {self.model_name}"


def _constraints(schema_editor: Editor, model: type[models.Model]) -> Collection[str]:
    """The names of the table's constraints and indexes."""
    with schema_editor.connection.cursor() as cursor:
        return schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)


def _run_deferred(schema_editor: Editor) -> None:
    """Now, in the step's own transaction, what Django keeps for the end of the migration."""
    while schema_editor.deferred_sql:
        schema_editor.execute(schema_editor.deferred_sql.pop(0), params=None)
