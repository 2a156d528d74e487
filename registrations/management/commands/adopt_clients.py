"""``manage.py adopt_clients``: takes over the clients that an authorization server had before the portal."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.accounts.models import Organisation
from portal.progress import Progress
from registrations.domain.adoption import LineRefused, OlderClient, Problem, older_client
from registrations.workflow.adoption import Adoption, Catalogue, adopt

REFUSED: Final = 3
"""The exit code where a line is refused. 1 is a file that cannot be read, and argparse ends with 2."""


class Command(BaseCommand):
    help = (
        "Takes over clients that are older than the portal, from a file with one JSON object a line. "
        "Can be run again at any time: a client that is there already is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="see docs/operations.md, Adopting existing clients")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be adopted")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            total = sum(1 for _ in _lines(file))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from None
        adopter, progress = Adopter(Catalogue.read(), dry_run), Progress(self.stdout, "lines")
        for done, (number, line) in enumerate(_lines(file), start=1):
            adopter.take(number, line)
            progress.show(done, total)
        self._report(adopter)

    def _report(self, adopter: Adopter) -> None:
        """Say what became of every line. Raises CommandError, with its own exit code, if one was refused."""
        for line in adopter.remarks:
            self.stdout.write(line)
        for line in adopter.refused:
            self.stderr.write(line)
        would = "Would be adopted" if adopter.dry_run else "Adopted"
        self.stdout.write(
            f"{would}: {adopter.adopted}, with {adopter.rejected} that do not meet all rules. "
            f"New organisations: {len(adopter.organisations)}. "
            f"Already there: {adopter.was_there}, with {adopter.differing} that differ. "
            f"Refused: {len(adopter.refused_lines)}."
        )
        if adopter.refused_lines:
            raise CommandError("Nothing of the refused lines was adopted.", returncode=REFUSED)


class Adopter:
    """Takes the lines of a file one by one, and keeps what became of them."""

    def __init__(self, catalogue: Catalogue, dry_run: bool) -> None:
        self.catalogue, self.dry_run = catalogue, dry_run
        self.adopted = self.rejected = self.was_there = self.differing = 0
        self.organisations: set[str] = set()
        self.remarks: list[str] = []
        self.refused: list[str] = []
        self.refused_lines: set[int] = set()
        self._lines: dict[object, int] = {}

    def take(self, number: int, line: str) -> None:
        """Adopt the client of the line, in a transaction of its own."""
        try:
            older = older_client(line, now=timezone.now())
            self._require_new(older, number)
            done = adopt(older, self.catalogue, dry_run=self.dry_run)
        except LineRefused as refused:
            self.refused_lines.add(number)
            self.refused += [f"Line {number}: {problem}" for problem in refused.problems]
        else:
            self.remarks += [f"Line {number}: {words}" for words in _remarks(older, done)]
            self._count(older, done)

    def _require_new(self, older: OlderClient, number: int) -> None:
        """Raise LineRefused where an earlier line has the client id or a secret of this one."""
        named = {older.client_id: "client_id"} | {one.verifier: "client_secrets" for one in older.secrets}
        twice = [
            Problem(member, f"Line {self._lines[name]} has the same.")
            for name, member in named.items()
            if name in self._lines
        ]
        for name in named:
            self._lines.setdefault(name, number)
        if twice:
            raise LineRefused(twice)

    def _count(self, older: OlderClient, done: Adoption) -> None:
        if done.was_there:
            self.was_there += 1
            self.differing += bool(done.differs_in)
            return
        self.adopted += 1
        self.rejected += bool(done.rejected_by)
        if done.new_organisation:
            self.organisations.add(Organisation.folded(older.organisation))


def _remarks(older: OlderClient, done: Adoption) -> Iterator[str]:
    """What the operator should know of a client that is adopted or was there."""
    if done.was_there:
        differs = f"but it differs in {', '.join(done.differs_in)}" if done.differs_in else "and the same"
        yield f"{older.client_id} is already there, {differs}."
        return
    yield from map(str, older.notes)
    if done.looks_like:
        names = ", ".join(f"“{name}”" for name in done.looks_like)
        yield f"organisation: “{older.organisation}” is new, and looks like {names}."
    if done.rejected_by:
        yield f"Its next change has to meet rules that it does not meet now: {', '.join(done.rejected_by)}."


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of the file that are not blank, with their numbers."""
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line.rstrip("\r\n")
