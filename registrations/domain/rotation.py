"""Rotation of a client secret: how long the old one still works, and when people are reminded of its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

NOW: Final = "now"
"""The old secret stops working at once."""
GRACE_PERIODS: Final[Mapping[str, timedelta]] = {"24h": timedelta(hours=24), "7d": timedelta(days=7)}
"""How long the old secret keeps working once its successor is revealed."""
GRACE_WORDS: Final[Mapping[str, str]] = {"24h": "24 hours", "7d": "7 days"}
GRACES: Final = (NOW, *GRACE_PERIODS)
"""The choices of somebody who rotates a secret."""
_REMINDERS: Final = (timedelta(days=1), timedelta(hours=4))
"""How long before the end of a grace people are reminded, where the grace is longer than that."""


def next_reminder(expires_at: datetime, grace: str, *, after: datetime) -> datetime | None:
    """When people are reminded next that a secret ends; None where no reminder is left."""
    fitting = [before for before in _REMINDERS if before < GRACE_PERIODS[grace]]
    return min((expires_at - before for before in fitting if expires_at - before > after), default=None)


def client_secret_expires_at(expires_at: datetime | None) -> int:
    """The end of a secret in seconds since 1970, or 0 where it does not expire (RFC 7591 section 3.2.1)."""
    return int(expires_at.timestamp()) if expires_at else 0
