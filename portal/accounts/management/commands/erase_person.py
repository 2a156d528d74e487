"""``manage.py erase_person``: erases who a person is, and says what stays."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.accounts.erasing import erase_person
from portal.accounts.models import User
from portal.accounts.traces import Whom, counted, left
from portal.online_migrations import session_settings
from portal.refusals import Conflict

STAYS: Final = (
    "Not searched: backups, logs of earlier days, and what colleagues have open in their browser, which ends "
    "with their sessions, in seven days at most."
)


class Command(BaseCommand):
    help = (
        "Erases a person: name, address, and whatever else says who they are. What they did stays on record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="the address, with an account or without")
        parser.add_argument("--dry-run", action="store_true", help="only say what there is; change nothing")

    def handle(self, *, email: str, dry_run: bool, **options: Any) -> None:
        whom = _whom(email)
        with session_settings(connection, statement_timeout="0"):
            found = counted(whom) if dry_run else _erase(whom.address)
            if dry_run and whom.person:
                found = {"accounts": 1, **found}
            for words, number in found.items():
                self.stdout.write(f"{'To erase' if dry_run else 'Erased'}: {words}: {number}")
            if not found:
                self.stdout.write("There is nothing to erase.")
            if not dry_run:
                for where, number in left(whom).items():
                    self.stdout.write(f"Stays: {where}: {number}")
        self.stdout.write(STAYS)


def _whom(email: str) -> Whom:
    address = email.strip().lower()
    person = User.objects.filter(email=address).first()
    return Whom(address, person.full_name if person else "", person)


def _erase(address: str) -> dict[str, int]:
    """Erase them. Raises CommandError where somebody else has to do something first."""
    try:
        return erase_person(address)
    except Conflict as refusal:
        raise CommandError(f"Nothing was changed. {refusal.reason}") from None
