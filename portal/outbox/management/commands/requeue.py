"""``manage.py requeue``: retries emails and webhooks that the worker has given up on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from portal.outbox.queue import requeue

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""A year outside these is mistyped, and near the ends of the calendar cannot be converted to UTC."""


class Command(BaseCommand):
    help = "Lets the worker try again to send the emails and webhooks that it has given up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=_moment,
            metavar="TIME",
            help="leave out what was ordered before: 2026-05-01 or 2026-05-01T17:30, in UTC",
        )
        parser.add_argument(
            "--message",
            type=UUID,
            action="append",
            default=[],
            metavar="UUID",
            dest="messages",
            help="only this message, as the log names it; may be given more than once",
        )

    def handle(self, *, since: datetime | None, messages: list[UUID], **options: Any) -> None:
        deliveries, unexpanded = requeue(since=since, messages=messages)
        if not deliveries and not unexpanded:
            self.stdout.write("There is nothing to send again.")
            return
        self.stdout.write(f"Emails and webhooks that the worker tries to send again: {deliveries}.")
        self.stdout.write(f"Messages whose recipients it tries to find out again: {unexpanded}.")


def _moment(text: str) -> datetime:
    """Parse an ISO time, UTC by default. Raises ValueError, which argparse reports."""
    moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
