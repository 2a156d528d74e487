"""Ends sessions for good, also those that the previous release knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.sessions import previous_release
from portal.sessions.models import OTHERS, StoredSession, hashed

BATCH: Final = 500


def end_all() -> int:
    """End every session, and return how many there were."""
    return StoredSession.objects.all().delete()[0] + Session.objects.all().delete()[0]


def end_of(user_pk: int, *, keep: str | None = None) -> int:
    """End all sessions of a person but the one with the key ``keep``, and return how many there were."""
    rows = StoredSession.objects.filter(user=user_pk)
    keys = previous_release.keys_of(user_pk)
    if keep is not None:
        rows, keys = rows.exclude(pk=hashed(keep)), [key for key in keys if key != keep]
    taken_over = rows.filter(pk__in=[hashed(key) for key in keys]).count()
    return rows.delete()[0] + previous_release.end(*keys) - taken_over


def end_one(user_pk: int, uuid: UUID) -> bool:
    """End this session of the person; False where they have none such."""
    row = StoredSession.objects.filter(user=user_pk, uuid=uuid).first()
    if row is None:
        return False
    previous_release.end(*(key for key in previous_release.keys_of(user_pk) if hashed(key) == row.pk))
    row.delete()
    return True


def forget_ended(stopped: Callable[[], bool] | None = None) -> int:
    """Delete sessions that ended by their age, in batches: a job of the worker. Returns how many there were.

    A row that has ended stays until the previous release has no session of its key any more: it would be
    taken over again.
    """
    now, forgotten = timezone.now(), 0
    long_ago = now - OTHERS.idle - previous_release.LASTING
    ended: tuple[Any, ...] = (
        StoredSession.objects.filter(last_used_at__lte=long_ago),
        Session.objects.filter(expire_date__lte=now),
    )
    for rows in ended:
        while not (stopped and stopped()):
            batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
            forgotten += rows.filter(pk__in=batch).delete()[0]
            if len(batch) < BATCH:
                break
    return forgotten
