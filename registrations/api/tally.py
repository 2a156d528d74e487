"""What is counted in the process and stored once a minute: nothing is written while a server waits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Lock
from typing import Final

from django.utils import timezone

from registrations.workflow import api_tokens, wrong_secrets


class Tally:
    """When tokens were last used, and how often secrets of clients were wrong, since the last booking."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._used: dict[int, datetime] = {}
        self._wrong: Counter[int] = Counter()

    def used(self, token: int) -> None:
        """Note that a token was used now."""
        with self._lock:
            self._used[token] = timezone.now()

    def wrong(self, registration: int) -> None:
        """Note that a secret was wrong for this client."""
        with self._lock:
            self._wrong[registration] += 1

    def book(self) -> None:
        """Store what was noted. Where the database does not answer, it is kept for the next time."""
        with self._lock:
            used, self._used = self._used, {}
            wrong, self._wrong = self._wrong, Counter()
        try:
            api_tokens.book_uses(used)
            wrong_secrets.book(wrong)
        except Exception:
            with self._lock:
                self._used = used | self._used
                self._wrong.update(wrong)
            raise


TALLY: Final = Tally()
"""The one of this process."""


def book() -> None:
    """Store what this process noted: run once a minute (``portal.server.minutes``)."""
    TALLY.book()
