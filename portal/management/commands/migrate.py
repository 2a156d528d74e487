"""Django's ``migrate``, made safe for a PostgreSQL database that the previous release is still using."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from portal.online_migrations import lock_was_refused, session_settings
from portal.sealing_keys import canaries

LIMITS = {
    # Statements behind one that waits for a lock wait too, so this bounds how long they are delayed.
    # It exceeds the one second after which PostgreSQL cancels an autovacuum that holds the lock.
    "lock_timeout": "1300ms",
    # Unlike a page, a statement that blocks nobody may take as long as it needs.
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""Session parameters while migrations run."""
ONE_AT_A_TIME = int.from_bytes(b"migrate")
"""The advisory lock that a running ``migrate`` holds."""
LOOK_AGAIN = 0.5
"""Seconds between two attempts to take that lock. Waiting for it inside the database would hold a
snapshot open, which would block CREATE INDEX CONCURRENTLY in the other process."""


class Command(migrate.Command):
    """Runs one ``migrate`` at a time; waits only briefly for table locks, and retries when refused one.

    Then it makes the canary of the newest sealing key.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-tries",
            type=int,
            default=60,
            help="How often a migration asks for a lock that others hold (60).",
        )
        parser.add_argument(
            "--lock-pause", type=float, default=3, help="Seconds between two of these tries (3)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        database = connections[options["database"]]
        only_looks = options["plan"] or options["check_unapplied"]
        if database.vendor != "postgresql" or only_looks:
            super().handle(*args, **options)
        else:
            with self._alone(database), session_settings(database, **LIMITS):
                self._migrate_patiently(database, options)
        if not only_looks and not options["app_label"]:
            canaries.keep()  # needs the tables of all apps

    @contextmanager
    def _alone(self, database: BaseDatabaseWrapper) -> Iterator[None]:
        """Hold the advisory lock. It belongs to the session, so the database frees it if the process dies."""
        if not _take(database):
            self.stderr.write("Another migrate is running on this database; waiting for it to end.")
            while not _take(database):
                time.sleep(LOOK_AGAIN)
        try:
            yield
        finally:
            if database.is_usable():
                _ask(database, "SELECT pg_advisory_unlock(%s)", ONE_AT_A_TIME)

    def _migrate_patiently(self, database: BaseDatabaseWrapper, options: dict[str, Any]) -> None:
        """Run the remaining migrations until all are applied, counting the tries of each one separately.

        A migration that was refused a lock has left nothing behind or can be run again.
        """
        tries, done = 0, None
        while True:
            try:
                super().handle(**options)
                return
            except OperationalError as error:
                if not lock_was_refused(error):
                    raise
                before, done = done, set(MigrationRecorder(database).applied_migrations())
                tries = tries + 1 if done == before else 1
                if tries >= options["lock_tries"]:
                    raise CommandError(
                        f"A lock could not be had in {tries} tries. What was migrated so far stays; end the "
                        "long transaction that holds the lock (see pg_stat_activity) and run migrate again."
                    ) from error
                self.stderr.write(
                    f"\n    A lock is held by somebody else; try {tries} of {options['lock_tries']} gave up. "
                    f"Trying again in {options['lock_pause']:g} s."
                )
                time.sleep(options["lock_pause"])


def _take(database: BaseDatabaseWrapper) -> bool:
    return bool(_ask(database, "SELECT pg_try_advisory_lock(%s)", ONE_AT_A_TIME))


def _ask(database: BaseDatabaseWrapper, sql: str, *values: int) -> object:
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
