"""``manage.py export_clients``: the clients in force, for the authorization server."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from portal.online_migrations import session_settings
from registrations.queries.documents import live_documents


class Command(BaseCommand):
    help = "Writes every active client as one line of JSON (RFC 7591). Holds no secret and no verifier."

    def handle(self, **options: Any) -> None:
        with session_settings(connection, statement_timeout="0"):  # one statement for all clients
            for document in live_documents(today=timezone.now().date()):
                self.stdout.write(json.dumps(document))
