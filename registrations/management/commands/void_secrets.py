"""``manage.py void_secrets``: destroys the secrets that wait to be revealed, because of their key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registrations.workflow import secrets


class Command(BaseCommand):
    help = (
        "Destroys every secret that waits to be revealed, because a sealing key has leaked or is lost. "
        "Partners get an email and issue new ones. Secrets in use go on."
    )

    def handle(self, **options: Any) -> None:
        destroyed, left = secrets.void_for_key()
        self.stdout.write(f"Secrets destroyed: {destroyed}.")
        if left:
            raise CommandError(f"Left, because their rows could not be changed: {left}. Run it again.")
