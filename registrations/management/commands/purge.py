"""``manage.py purge``: deletes what was kept long enough, as the worker does once a day."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.progress import Progress
from registrations.workflow import purging


class Command(BaseCommand):
    help = (
        "Deletes what was kept for the days of PORTAL_KEEP_…_DAYS. The worker does it once a day; it can be "
        "run at any time, and interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how much would be deleted; change nothing"
        )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        if dry_run:
            counts, say = purging.due(), "To delete"
        else:
            counts, say = purging.purge(show=Progress(self.stdout, "subjects").show), "Deleted"
        for name, number in counts.items():
            self.stdout.write(f"{say}: {name}: {number}")
        if not sum(counts.values()):
            self.stdout.write("Nothing was kept for too long.")
