"""``manage.py export_clients``: the clients in force, for the authorization server."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations.workflow.documents import live_documents


class Command(BaseCommand):
    help = "Writes every active client as one line of JSON (RFC 7591). Holds no secret and no verifier."

    def handle(self, **options: Any) -> None:
        for document in live_documents(today=timezone.now().date()):
            self.stdout.write(json.dumps(document))
