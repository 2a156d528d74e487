"""The feed of changes to clients, which authorization servers follow.

A verb marks the client whose record it changes, in its own transaction. Transactions commit in another order
than they begin, so the verb gives no position: the worker does, afterwards. Whoever gives positions holds the
one row of ``FeedState`` until the commit, so that they become visible in their order, and nothing committed
ever hides behind a position that somebody has read already. Each client is in the feed once, at the position
of its last change, and keeps the old one until it gets the next.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from portal.outbox.worker import Stopped, never
from registrations.models import FeedState, Registration
from registrations.workflow import webhooks
from registrations.workflow.verbs import one_transaction
from registrations.workflow.webhooks import UPDATED

AT_ONCE: Final = 1000
"""Clients that get their position in one transaction."""
_TICK: Final = timedelta(microseconds=1)


def mark(registration: Registration, hook: str = UPDATED) -> None:
    """Say that the record of this client changed: part of every verb and job that changes it.

    ``hook`` is what servers hear about the change. The registration has to be locked. Does nothing for one
    without a client id, which no server knows.
    """
    if registration.client_id is None:
        return
    webhooks.enqueue(hook, registration)
    registration.record_updated_at = max(timezone.now(), registration.record_updated_at + _TICK)
    registration.feed_pending = True
    Registration.objects.filter(pk=registration.pk).update(
        record_updated_at=registration.record_updated_at, feed_pending=True
    )


def assign_due(stopped: Stopped = never) -> int:
    """Give positions to the clients that changed: a job of the worker. Returns how many there were.

    One whose verb is still running is left to the next round.
    """
    changed = Registration.objects.filter(feed_pending=True, client_id__isnull=False)
    if not changed.exists():
        return 0
    with one_transaction():
        FeedState.objects.get_or_create(pk=1)
        state = FeedState.objects.select_for_update().get(pk=1)
        # Without the key, which no foreign key of a new row then waits for.
        free = changed.select_for_update(skip_locked=True, no_key=True).order_by("pk").only("pk")
        rows = list(free[:AT_ONCE])
        for row in rows:
            row.feed_pending, row.feed_position = False, state.next_position
            state.next_position += 1
        Registration.objects.bulk_update(rows, ["feed_pending", "feed_position"])
        state.save(update_fields=["next_position"])
    return len(rows)
