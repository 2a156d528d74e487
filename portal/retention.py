"""How long what nobody needs any more is kept: the settings ``PORTAL_KEEP_<WHAT>_DAYS``.

``registrations/workflow/purging.py`` deletes it, with one row for each of these periods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.environment import count

BATCH: Final = 500
"""Rows that are deleted in one transaction, so that nobody waits for it."""
MOST_DAYS: Final = 3650


@dataclass(frozen=True)
class Period:
    """The days of a setting where it is not set, and the fewest that can work."""

    days: int
    least: int = 1


PERIODS: Final = {
    "SESSIONS": Period(1),
    "LIMITS": Period(1),
    "WRONG_PASSWORDS": Period(1),
    "WRONG_SECRETS": Period(30),
    "MESSAGES": Period(30),
    "DEAD_MESSAGES": Period(90, least=2),
    "STRANGERS": Period(1),
    "UNCONFIRMED_ACCOUNTS": Period(30, least=4),
    "INVITATIONS": Period(90, least=8),
    "REVIEW_DRAFTS": Period(90),
    "DRAFTS": Period(180, least=60),
    "LOGOS": Period(30),
}
"""By the part of the setting's name that says what is kept. A message is dead after a day of attempts, a link
that confirms an address works for three days, and an invitation for seven."""


def read_periods() -> dict[str, int]:
    """Read the settings, as days by the same names; refuses what is no whole number or too small."""
    return {
        name: count(f"PORTAL_KEEP_{name}_DAYS", period.days, least=period.least, most=MOST_DAYS)
        for name, period in PERIODS.items()
    }


def kept_for(name: str) -> timedelta:
    """How long it is kept, as the setting says."""
    return timedelta(days=settings.PORTAL_KEEP_DAYS[name])


def cut_off(name: str) -> datetime:
    """The moment before which something has to have ended to be deleted now."""
    return timezone.now() - kept_for(name)


def delete_in_batches(rows: QuerySet[Any], stopped: Callable[[], bool]) -> Iterator[int]:
    """Delete the rows until the worker has to stop, and yield how many each transaction deleted.

    What somebody else holds locked is left for another time. A locked row is one that still meets the
    condition, so whoever changes it at the same moment either saves it or finds it gone.
    """
    while not stopped():
        with transaction.atomic():
            locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
            batch = list(locked.values_list("pk", flat=True)[:BATCH])
            deleted = rows.model._base_manager.filter(pk__in=batch).delete()[1]
        yield deleted.get(rows.model._meta.label, 0)
        if len(batch) < BATCH:
            return
