"""``manage.py worker``: sends the letters and does what is due."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand

from portal import boot, limits
from portal.accounts.letters import LETTERS as ACCOUNT_LETTERS
from portal.outbox.letters import Letter
from portal.outbox.worker import Stopped, run_forever, run_once
from registrations.client_letters import LETTERS as CLIENT_LETTERS
from registrations.letters import LETTERS as REGISTRATION_LETTERS
from registrations.workflow import pkce_ends, preflight, secrets

LETTERS: dict[str, Letter] = {**ACCOUNT_LETTERS, **REGISTRATION_LETTERS, **CLIENT_LETTERS}
FINISH_SECONDS = 25
"""For what was begun when the worker is told to end: more than one email may take."""

log = structlog.stdlib.get_logger("portal.outbox")


def forget_past_windows(stopped: Stopped) -> int:
    """Delete the counters of limits that are over: one statement, so there is nothing to stop between."""
    return limits.forget_past_windows()


JOBS = (
    secrets.lapse_due,
    pkce_ends.lapse_due,
    pkce_ends.remind_due,
    preflight.check_due,
    forget_past_windows,
)


class Command(BaseCommand):
    help = "Sends the letters that changes ordered and books what time has brought about."

    def run_from_argv(self, argv: list[str]) -> None:
        """A process of its own looks first whether it could serve anybody."""
        boot.stop_unless_ready()
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            run_once(LETTERS, JOBS)
        else:
            stop = _stopped_by_signal()
            log.info("worker_started")
            run_forever(LETTERS, JOBS, stop)


def _stopped_by_signal() -> threading.Event:
    """SIGTERM or Ctrl-C lets what was begun finish, so that no email is cut off halfway.

    Where that takes too long, since the database does not answer, the alarm ends the process: whatever
    it was doing is taken up again when its lease ends.
    """
    stop = threading.Event()

    def finish(*_: object) -> None:
        if not stop.is_set():
            signal.alarm(FINISH_SECONDS)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, finish)
    return stop
