"""What each web process does once a minute, on a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, Final

import structlog
from django.db import Error, connections
from django.utils.module_loading import import_string

SECONDS: Final = 60.0

log = structlog.stdlib.get_logger("portal.server")


def start(names: Sequence[str]) -> None:
    """Run the functions of these names once a minute, as long as the process lives.

    Nothing waits for the thread when the process ends: what was counted in its last minute is lost.
    """
    works = [import_string(name) for name in names]
    Thread(target=_go_on, args=(works,), name="minutes", daemon=True).start()


def run(works: Sequence[Callable[[], Any]]) -> None:
    """Run each of them. Whatever one raises is logged, so that the others and the next minute go on."""
    for work in works:
        try:
            work()
        except Exception as error:
            name, is_bug = f"{work.__module__}.{work.__name__}", not isinstance(error, Error)
            log.error("minute_failed", work=name, error=type(error).__name__, exc_info=is_bug)
    connections.close_all()


def _go_on(works: Sequence[Callable[[], Any]]) -> None:
    while True:
        time.sleep(SECONDS)
        run(works)
