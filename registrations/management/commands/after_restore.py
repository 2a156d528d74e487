"""``manage.py after_restore``: makes a restored backup safe to use, and releases its emails."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from portal.observability import migrations_applied
from portal.outbox.queue import waiting
from registrations.queries.restored import (
    AROUND,
    changed_around,
    date_of_backup,
    last_run,
    runs_since_release,
    secrets_waiting,
)
from registrations.workflow import restoring

BEFORE: Final = """\
This database counts as restored from a backup from now on:
- every secret that waits to be revealed is destroyed ({sealed} now), because it may have been revealed since
  the backup;
- everybody is signed out, and links in emails that set a password or confirm an address stop working;
- forms that were kept for people are deleted;
- no email is sent until you run: python manage.py after_restore --release-outbox
"""
AGAIN: Final = """\
This command ran on this database, or before its backup, at {run:{moment}} UTC. If nothing was restored
since then, do not run it again: it would destroy secrets that partners issued since and have not revealed
({sealed} now).
"""
WARNING: Final = """\
Whatever happened after the backup is undone: revoked secrets work again, suspended and closed clients are
active again, removed members and deactivated people have their access back, and old passwords and revoked API
tokens are valid.
Compare with emails and logs from after that time, and do again what is missing.

Some clients do not work now. Those approved after the backup do not exist, nor do secrets issued after it,
and secrets revealed after it are destroyed. Only partners of secrets that were destroyed get an email. Ask
whoever runs the authorization server which clients it refuses, and compare the last list of export_clients
with a new one.
"""
ANSWER: Final = "restored"
MOMENT: Final = "%Y-%m-%d %H:%M:%S"


class Command(BaseCommand):
    help = "Makes a database that was restored from a backup safe to use. Run it before web and worker start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask; for scripts")
        parser.add_argument(
            "--release-outbox",
            action="store_true",
            help="send the emails that were held back since the restore",
        )
        parser.add_argument(
            "--drop-restored",
            action="store_true",
            help="with --release-outbox: drop the emails of the backup, which may have been sent before",
        )
        parser.add_argument(
            "--first-run",
            type=int,
            metavar="NUMBER",
            help="with --drop-restored, after several runs: which was the first after the last restore",
        )

    def handle(
        self, *, yes: bool, release_outbox: bool, drop_restored: bool, first_run: int | None, **options: Any
    ) -> None:
        if drop_restored and not release_outbox:
            raise CommandError("--drop-restored goes with --release-outbox.")
        if first_run is not None and not drop_restored:
            raise CommandError("--first-run goes with --drop-restored.")
        if not migrations_applied():
            raise CommandError("The backup is of an older release. Run this first: python manage.py migrate")
        if release_outbox:
            self.release(self.moment_of_restore(first_run) if drop_restored else None)
            return
        self.stdout.write(BEFORE.format(sealed=secrets_waiting()))
        if run := last_run():
            self.stdout.write(AGAIN.format(run=run, moment=MOMENT, sealed=secrets_waiting(since=run)))
        if not yes:
            _ask()
        self.restore()

    def restore(self) -> None:
        """Begin the new epoch, and say what the operator has to look at."""
        done = restoring.begin_epoch()
        self.stdout.write(
            f"Epoch {done.epoch} has begun. Secrets destroyed: {done.secrets}. "
            f"Sessions ended: {done.sessions}. Kept forms deleted: {done.kept_forms}. "
            "Emails and webhooks are held back.\n"
        )
        backup = date_of_backup()
        if backup is None:
            self.stdout.write(f"The log of the backup has no entry by a person.\n{WARNING}")
            return
        self.stdout.write(f"The last entry by a person in the backup is of {backup:{MOMENT}} UTC.\n{WARNING}")
        self.stdout.write(f"Clients that changed in the {AROUND.days} days before it, the latest first:")
        for client in changed_around(backup):
            self.stdout.write(
                f"{client.client_id}  {client.at:{MOMENT}}  {client.status}  {client.organisation}  "
                f"({client.what})"
            )

    def moment_of_restore(self, first_run: int | None) -> datetime | None:
        """When the first run after the last restore was; None where the emails are not held back.

        The database cannot say which one that was: this command may have run twice after one restore, and a
        backup may have been taken after an earlier run. Raises CommandError where the operator has to say it.
        """
        runs = runs_since_release()
        if first_run is None and len(runs) > 1:
            self.stdout.write("This command has run several times while emails were held back:")
            for number, run in enumerate(runs, start=1):
                before = waiting(run).before
                self.stdout.write(f"{number}: {run:{MOMENT}} UTC, queued before it: {before}")
            raise CommandError(
                "Nothing was changed. Say which run was the first one after the last restore, for example "
                "--first-run 1. What was queued before that run is dropped."
            )
        if first_run is not None and not 1 <= first_run <= len(runs):
            raise CommandError(f"Nothing was changed. There is no run {first_run}.")
        return runs[(first_run or len(runs)) - 1] if runs else None

    def release(self, drop_before: datetime | None) -> None:
        """Release the emails, and say how many there are."""
        found = restoring.release_emails(drop_before=drop_before)
        if found is None:
            self.stdout.write("The emails are not held back.")
            return
        kept = "dropped" if drop_before else "sent now, perhaps for the second time"
        self.stdout.write(f"Emails and webhooks from before the restore: {found.before}, {kept}.")
        self.stdout.write(f"Emails and webhooks since the restore: {found.since}, sent now.")


def _ask() -> None:
    """Raise CommandError, unless somebody at a terminal confirms."""
    if not sys.stdin.isatty():
        raise CommandError("Nothing was changed. Without a terminal, confirm with --yes.")
    if input(f"Type “{ANSWER}” to go on: ").strip() != ANSWER:
        raise CommandError("Nothing was changed.")
