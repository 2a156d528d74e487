"""`make run`: run the portal locally with demo data on http://localhost:8000 (or another PORT).

Prepares the database, then runs the web server and the worker until Ctrl-C. If one ends, so does the
other.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT", "8000")
ADDRESS = f"http://localhost:{PORT}"
PATIENCE = 10
"""Seconds that a process gets to finish what it is doing."""

Child = subprocess.Popen[bytes]


def main() -> int:
    # The name, not 127.0.0.1: browsers do not accept passkeys for an IP address.
    os.environ.update(DEBUG="true", PORTAL_BASE_URL=ADDRESS, DJANGO_SETTINGS_MODULE="portal.settings")
    os.environ.setdefault("PORTAL_SUPPORT", "help@portal.example")
    stop = _stopped_by_signal()
    _prepare()
    children = [_start("runserver", f"127.0.0.1:{PORT}"), _start("worker")]
    try:
        _announce(children, stop)
        _wait(children, stop)
    finally:
        _end(children)
    return 0 if stop.is_set() else 1


def _prepare() -> None:
    """Migrate the database, and add demo users and registrations if it is empty."""
    (ROOT / "var").mkdir(exist_ok=True)
    sys.path.insert(0, str(ROOT))
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("seed_demo", if_empty=True)
    connections.close_all()


def _start(*command: str) -> Child:
    """Start a manage.py command in its own process group, so that the reloader's child ends with it."""
    return subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, start_new_session=True)


def _announce(children: Sequence[Child], stop: threading.Event) -> None:
    """Print the portal's address as soon as it answers."""
    while _all_run(children) and not stop.is_set():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(PORT))) == 0:
                print(
                    f"\nThe portal is at {ADDRESS} - emails at {ADDRESS}/dev/mail/ - Ctrl-C ends it.\n",
                    flush=True,
                )
                return
        stop.wait(0.2)


def _wait(children: Sequence[Child], stop: threading.Event) -> None:
    while _all_run(children) and not stop.wait(0.5):
        pass


def _all_run(children: Sequence[Child]) -> bool:
    return all(child.poll() is None for child in children)


def _end(children: Sequence[Child]) -> None:
    for child in children:
        _signal(child, signal.SIGTERM)
    for child in children:
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    """Send a signal to the whole process group, which may outlive its first process."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def _stopped_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main())
