"""``manage.py rotate_sealing_keys``: seals every stored value again with the newest key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from portal import sealing
from portal.progress import Progress
from portal.sealing_keys import canaries
from portal.sealing_keys.rotation import NothingNew, WrongKeys, rotate
from portal.sealing_keys.stored_values import BATCH, Survey

UNOPENED: Final = 3
"""The exit code where a value is left that no key opens. 1 is a refusal, and argparse ends with 2."""


class Command(BaseCommand):
    help = (
        "Seals every stored value again with the newest of PORTAL_FERNET_KEYS. Can be run again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--status", action="store_true", help="only say how many values each key opens; change nothing"
        )
        parser.add_argument(
            "--other-keys-are-lost",
            action="store_true",
            help="give up the keys that are not in PORTAL_FERNET_KEYS any more, so that /readyz is content",
        )

        parser.add_argument(
            "--batch", type=int, default=BATCH, help=f"values sealed again in one transaction ({BATCH})"
        )

    def handle(self, *, status: bool, batch: int, other_keys_are_lost: bool, **options: Any) -> None:
        if status:
            self._show_status()
            return
        self.stdout.write(f"The newest key is {sealing.key_ids()[0]}.")
        progress = Progress(self.stdout, "values")
        try:
            done = rotate(progress.show, batch_size=max(1, batch), others_are_lost=other_keys_are_lost)
        except NothingNew as answer:
            self._report(answer.unopened)
            raise CommandError("Nothing to do: what opens is already sealed with the newest key.") from None
        except WrongKeys as answer:
            raise CommandError(
                "No key in PORTAL_FERNET_KEYS opens what is stored. The missing key is "
                f"{' or '.join(answer.missing) or 'not known'}. If it is lost, add --other-keys-are-lost."
            ) from None
        self.stdout.write(f"Sealed again: {done.resealed}.")
        if done.left:  # before values that no key opens: of those, the next run says that all others are done
            raise CommandError(
                f"Still sealed with an older key, because they were just changed: {done.left}. Run it again."
            )
        self._report(done.unopened)

    def _show_status(self) -> None:
        found = Survey.of_all()
        for place, key in enumerate(sealing.key_ids()):
            self.stdout.write(f"Key {key}{'' if place else ' (newest)'}: {found.by_key[key]}")
        for key in canaries.missing_keys():
            self.stdout.write(f"Key {key} (missing): was in use, and is not in PORTAL_FERNET_KEYS")
        self._report(found.unopened)

    def _report(self, unopened: list[str]) -> None:
        """Name the rows that no key opens. Raises CommandError, with its own exit code, if there are any."""
        for place in unopened:
            self.stderr.write(f"No key opens {place}")
        if unopened:
            raise CommandError(
                f"No key opens {len(unopened)} of the stored values; they stay as they are.",
                returncode=UNOPENED,
            )
