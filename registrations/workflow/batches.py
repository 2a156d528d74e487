"""One batch of a scheduled job: a row that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from django.db import Error, connection

from portal.outbox.worker import Stopped, until
from portal.refusals import Refusal

log = structlog.stdlib.get_logger("registrations.batches")

Row = tuple[UUID, UUID]
"""The UUIDs of a registration and of the object in it that is due."""


def book_each(book: Callable[[UUID, UUID], int], rows: Iterable[Row], stopped: Stopped) -> int:
    """Call ``book`` for each row and return the sum of what it returns.

    A row that fails is left to the next round and the others go on, until the worker is told to stop.
    Raises the database error where the connection itself is gone: then no other row can succeed.
    """
    return sum(_book(book, *row) for row in until(stopped, rows))


def _book(book: Callable[[UUID, UUID], int], registration_uuid: UUID, uuid: UUID) -> int:
    try:
        return book(registration_uuid, uuid)
    except (Error, Refusal) as error:
        if isinstance(error, Error) and not connection.is_usable():
            raise
        log.error("row_not_booked", row=str(uuid), error=type(error).__name__)
        return 0
