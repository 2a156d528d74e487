"""``manage.py worker``: sends emails and webhooks and runs the jobs that are due."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand

from portal import boot
from portal.accounts.emails import EMAILS as ACCOUNT_EMAILS
from portal.lost_factors.emails import EMAILS as LOST_FACTOR_EMAILS
from portal.outbox.kinds import Kind
from portal.outbox.worker import log_pause, run_forever, run_once
from registrations.emails import EMAILS as REGISTRATION_EMAILS
from registrations.workflow.jobs import JOBS
from registrations.workflow.webhooks import WEBHOOKS

KINDS: dict[str, Kind] = {**ACCOUNT_EMAILS, **LOST_FACTOR_EMAILS, **REGISTRATION_EMAILS, **WEBHOOKS}
FINISH_SECONDS = 25
"""Time to finish what was begun when the worker is told to stop: longer than one delivery may take."""

log = structlog.stdlib.get_logger("portal.outbox")


class Command(BaseCommand):
    help = "Sends emails and webhooks and runs the scheduled jobs."

    def run_from_argv(self, argv: list[str]) -> None:
        """Run the boot checks first, when this is a process of its own."""
        boot.stop_unless_ready()
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            log_pause(None)
            run_once(KINDS, JOBS)
        else:
            stop = _stopped_by_signal()
            log.info("worker_started")
            run_forever(KINDS, JOBS, stop)


def _stopped_by_signal() -> threading.Event:
    """Let SIGTERM or Ctrl-C finish what was begun, so that no delivery is cut off halfway.

    Where that takes too long, for example because the database does not answer, the alarm ends the process;
    its work is taken up again when the lease ends.
    """
    stop = threading.Event()

    def finish(*_: object) -> None:
        if not stop.is_set():
            signal.alarm(FINISH_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, finish)
    return stop
