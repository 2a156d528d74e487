"""The loop of the worker's jobs: each row that is due in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar
from uuid import UUID

import structlog
from django.db import Error, connection

from portal.outbox.worker import Stopped, until
from portal.refusals import Refusal
from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import Registration
from registrations.workflow.locking import lock
from registrations.workflow.verbs import one_transaction

log = structlog.stdlib.get_logger("registrations.jobs")

BATCH: Final = 500
"""Rows that a job handles in one round of the worker."""
Due = tuple[UUID, UUID]
"""The UUIDs of a registration and of the object in it that is due."""
Row = TypeVar("Row")


def run_for_each(due: Iterable[Due], work: Callable[[Registration, UUID], bool], stopped: Stopped) -> int:
    """Lock the registration and call ``work``, for each row that is due, as :func:`run_each` does."""

    def work_on(row: Due) -> bool:
        registration_uuid, uuid = row
        return work(lock(registration_uuid, statuses=frozenset(RegistrationStatus)), uuid)

    return run_each(due, work_on, stopped, name=lambda row: row[1])


def run_each(
    due: Iterable[Row], work: Callable[[Row], bool], stopped: Stopped, *, name: Callable[[Row], UUID]
) -> int:
    """Call ``work`` for each row that is due, in a transaction of its own, until the worker has to stop.

    Returns how often ``work`` found something to do. A row that fails is logged by its ``name`` and left to
    the next round, and the others go on. Raises the database error where the connection itself is gone:
    then no other row can succeed.
    """
    done = 0
    for row in until(stopped, due):
        try:
            with one_transaction():
                done += work(row)
        except (Error, Refusal) as error:
            if isinstance(error, Error) and not connection.is_usable():
                raise
            log.error("row_not_booked", row=str(name(row)), error=type(error).__name__)
    return done
