"""Deletes what was kept long enough: once a day by the worker, or by ``manage.py purge``.

Each subject is one row of :data:`SUBJECTS`, with the setting of its name (``portal/retention.py``) and its
row in docs/operations.md. Events are no subject: they are never deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import Error
from django.db.models import QuerySet
from django.utils import timezone

from portal import limits
from portal.accounts import guessing
from portal.accounts.models import Invitation, User
from portal.audit import events
from portal.outbox.models import Delivery, OutboxMessage
from portal.outbox.worker import Stopped, never
from portal.retention import cut_off, delete_in_batches
from portal.sessions import ending
from registrations.events import RegistrationEvent
from registrations.logos import forgetting
from registrations.models import Draft, Purge, WrongSecrets
from registrations.workflow import idle_drafts, review_drafts
from registrations.workflow.verbs import one_transaction

PURGES: Final = UUID("5c0d8f1e-5f0b-4f57-9d3c-0f6a8f1c6b2d")
"""The stream of the events, which are about nobody."""
EVERY: Final = timedelta(days=1)
TURN_SECONDS: Final = 5.0
"""How long a round of the worker deletes before it goes on with emails; the next round takes it up again."""
FILES: Final = "logo_files"

log = structlog.stdlib.get_logger("registrations.purging")

Tables = Sequence[QuerySet[Any]]


@dataclass(frozen=True)
class Subject:
    """What is deleted after the days of the setting ``PORTAL_KEEP_<NAME>_DAYS``.

    ``tables`` are the rows that nobody has needed since a moment, the first table first. ``delete`` is given
    where deleting takes more than the row: it takes the rows, and returns how many it deleted.
    """

    name: str
    tables: Callable[[datetime], Tables]
    delete: Callable[[QuerySet[Any], Stopped], int] | None = None

    @property
    def due(self) -> Tables:
        """What would be deleted now."""
        return self.tables(cut_off(self.name.upper()))

    def purge(self, stopped: Stopped) -> Iterator[int]:
        """Delete it in small transactions, and yield how many rows each time."""
        for rows in self.due:
            if self.delete:
                yield self.delete(rows, stopped)
            else:
                yield from delete_in_batches(rows, stopped)


SUBJECTS: Final = (
    Subject("sessions", ending.unused),
    Subject("limits", lambda before: [limits.past_windows(before)]),
    Subject("wrong_passwords", lambda before: [guessing.past_windows(before)]),
    Subject("wrong_secrets", lambda before: [WrongSecrets.objects.filter(hour__lt=before)]),
    Subject("messages", lambda before: [OutboxMessage.objects.done(before)]),
    Subject("dead_messages", lambda before: [OutboxMessage.objects.given_up(before)]),
    Subject(
        "strangers",
        lambda before: [
            OutboxMessage.objects.done(before).naming_strangers(),
            Delivery.objects.to_strangers(before),
        ],
    ),
    Subject("unconfirmed_accounts", lambda before: [User.objects.never_confirmed(before)]),
    Subject("invitations", lambda before: [Invitation.objects.never_accepted(before)]),
    Subject("review_drafts", lambda before: [review_drafts.idle(before)]),
    Subject("drafts", lambda before: [Draft.objects.forgotten(before)], idle_drafts.discard_due),
    Subject("logos", lambda before: [forgetting.unused(before)]),
)


def purge_due(stopped: Stopped = never) -> int:
    """Delete what was kept long enough, once a day: a job of the worker.

    Returns how much it was. A round ends after :data:`TURN_SECONDS`, and the next one goes on.
    """
    run, _ = Purge.objects.get_or_create(pk=Purge.ROW)
    if run.due_at > timezone.now():
        return 0
    end = time.monotonic() + TURN_SECONDS
    return sum(purge(lambda: stopped() or time.monotonic() >= end).values())


def purge(stopped: Stopped = never, show: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Delete what was kept long enough, and return how much of each subject it was.

    ``show`` is called after each subject with how many are done, and how many there are. A subject that
    fails is logged, and the others go on. At the end of a run that deleted something stands one event.
    """
    done: dict[str, int] = {}
    for number, subject in enumerate(SUBJECTS):
        if subject.name == "drafts":
            idle_drafts.remind_due(stopped)
        try:
            for deleted in subject.purge(stopped):
                _book(subject.name, deleted, done)
        except Error as error:
            log.error("subject_not_purged", subject=subject.name, error=type(error).__name__)
        if show:
            show(number + 1, len(SUBJECTS))
    forgetting.mark_unused(stopped)
    _book(FILES, forgetting.sweep(stopped), done)
    if not stopped():
        _finish()
    return done


def due() -> dict[str, int]:
    """How much of each subject :func:`purge` would delete now; nothing changes."""
    found = {subject.name: sum(rows.count() for rows in subject.due) for subject in SUBJECTS}
    return found | {FILES: forgetting.left_behind()}


def _book(name: str, deleted: int, done: dict[str, int]) -> None:
    """Add to what the run has deleted; that is kept until an event says so, by this process or another."""
    if not deleted:
        return
    done[name] = done.get(name, 0) + deleted
    with one_transaction():
        run, _ = Purge.objects.select_for_update().get_or_create(pk=Purge.ROW)
        run.counts[name] = run.counts.get(name, 0) + deleted
        run.save(update_fields=["counts"])


def _finish() -> None:
    with one_transaction():
        run, _ = Purge.objects.select_for_update().get_or_create(pk=Purge.ROW)
        if run.counts:
            events.record(RegistrationEvent.PURGED, by=None, stream=PURGES, detail=run.counts)
        run.counts, run.due_at = {}, timezone.now() + EVERY
        run.save(update_fields=["counts", "due_at"])
