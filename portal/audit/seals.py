"""Seals events after their verbs, so that whoever changes the audit log later is found out.

An event is unsealed as long as no seal names it, wherever its id lies: one whose transaction commits late has
a lower id than others that are sealed already. Each round looks at what is as old as a transaction can be,
and the first round of each hour at all events.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.audit.macs import add_link, begin_seal, event_mac, keys
from portal.audit.models import Event, EventSeal, SealedEvent
from portal.audit.rows import FORM, Row, pieces, read
from portal.epochs.models import Epoch

BATCH: Final = 500
"""Events of one seal, at most."""
BATCHES: Final = 10
"""Seals of one round of the worker, at most: its other jobs wait meanwhile."""
OPEN: Final = timedelta(minutes=15)
"""How long after its time an event may be sealed without having come late: longer than any transaction."""
LATE: Final = timedelta(minutes=2)
"""The age at which an unsealed event is an alert."""

log = structlog.stdlib.get_logger("portal.audit")


def seal_due(stopped: Callable[[], bool] = lambda: False) -> int:
    """Seal the events that no seal names: a job of the worker. Returns how many there were."""
    sealed = 0
    for _ in range(BATCHES):
        if stopped():
            break
        sealed += (made := _seal_next())
        if made < BATCH:
            break
    return sealed


def _seal_next() -> int:
    """Write the next seal, unless another worker does, and return the number of its events.

    There is one in each hour, even without an event, so that all events are looked at once.
    """
    head, now = EventSeal.objects.newest(), timezone.now()
    is_new_hour = head is not None and _hour(head.at) != _hour(now)
    rows = _unsealed_of_all() if is_new_hour else read(_unsealed_since(head)[:BATCH])
    if not rows and not is_new_hour:
        return 0
    seal = _next_after(head, rows, now)
    try:
        with transaction.atomic(durable=True):
            _write(seal, rows)
    except IntegrityError:
        if not EventSeal.objects.filter(pk=seal.pk).exists():
            raise
        return 0  # another worker was first
    return len(rows)


def _unsealed_since(head: EventSeal | None) -> QuerySet[Event]:
    """The unsealed events that are not late, the oldest first."""
    found = Event.objects.filter(sealed=None).order_by("at", "pk")
    return found.filter(at__gte=head.closed_to) if head else found


def _unsealed_of_all() -> list[Row]:
    """The first unsealed events, in the order of their ids."""
    rows: list[Row] = []
    for piece in pieces():
        rows += read(piece.filter(sealed=None)[: BATCH - len(rows)])
        if len(rows) == BATCH:
            break
    return rows


def _next_after(head: EventSeal | None, rows: list[Row], now: datetime) -> EventSeal:
    """The seal without its MAC."""
    latest = max((row.at for row in rows if row.at), default=now if head is None else head.closed_to)
    closed_to = min(latest, now) - OPEN
    return EventSeal(
        sequence=head.sequence + 1 if head else 1,
        follows=head,
        epoch=Epoch.objects.current(),
        at=now,
        count=len(rows),
        closed_to=max(closed_to, head.closed_to) if head else closed_to,
        form=FORM,
        key=keys()[0].name,
        previous=head.mac if head else "",
    )


def _write(seal: EventSeal, rows: list[Row]) -> None:
    """Insert the seal and the places of its events. Raises IntegrityError where another worker was first."""
    key = keys()[0]
    made, links = begin_seal(key, seal), []
    for position, row in enumerate(rows, start=1):
        own = event_mac(key, seal.form, seal.sequence, position, row)
        add_link(made, position, row.pk, own)
        links.append(SealedEvent(event_id=row.pk, seal=seal, position=position, mac=own))
    seal.mac = made.hexdigest()
    seal.save(force_insert=True)
    SealedEvent.objects.bulk_create(links)


def waiting_since(now: datetime) -> datetime | None:
    """The time of the oldest event that should be sealed by now; None where all are."""
    late = _unsealed_since(EventSeal.objects.newest()).filter(at__lt=now - LATE)
    return late.values_list("at", flat=True).first()


def alert_if_late() -> None:
    """Log an error while events wait too long for a seal: in web processes, as the worker may be down."""
    if since := waiting_since(timezone.now()):
        log.error("audit_log_not_sealed", since=since.isoformat())


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
