"""``manage.py verify_audit_log``: finds changes to the audit log, and gives the head to keep elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.audit.faults import Fault, Kind
from portal.audit.heads import Head, HeadRefused
from portal.audit.verification import Verification
from portal.progress import Progress


class Command(BaseCommand):
    help = (
        "Verifies the audit log. Standard output is the new head alone, a line to keep elsewhere. The next"
        " run takes it and notices if the end of the log is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        given = parser.add_mutually_exclusive_group()
        given.add_argument("--head", metavar="TEXT", help="the head that an earlier run gave")
        given.add_argument("--head-file", metavar="FILE", help="a file with that head")

    def handle(self, *, head: str | None, head_file: str | None, **options: Any) -> None:
        self.stderr.style_func = None  # progress is no error
        text, known, count, now = _read(head_file) if head_file else head, None, 0, timezone.now()
        if text is not None:
            try:
                known = Head.read(text)
            except HeadRefused as refusal:
                count += self._report(Fault(Kind.HEAD_REFUSED, str(refusal)))
        found = Verification(known, progress=Progress(self.stderr, "entries").show)
        count += sum(self._report(fault) for fault in found.faults())
        late = f" Came late before the head: {found.known_late}." if found.known_late else ""
        seen = f"Events: {found.events}. Seals: {found.seals}. Not sealed yet: {found.tail}."
        self.stderr.write(seen + late)
        self.stdout.write(Head.of(found.genuine, now).signed())
        if count:
            raise CommandError(f"Faults: {count}. Keep the old head until you know why.")

    def _report(self, fault: Fault) -> int:
        """Write a line about the fault, below the progress; returns 1."""
        self.stderr.write(f"\n{fault}" if self.stderr.isatty() else str(fault))
        return 1


def _read(name: str) -> str:
    """The text of the file. Raises CommandError where it cannot be read."""
    try:
        return Path(name).read_text("utf-8")
    except (OSError, ValueError):
        raise CommandError(f"{name} cannot be read. The first run has no head to give.") from None
