"""Exports the audit log to a sink as it grows, one JSON line for each event.

It follows the seals. Their numbers have no gap, and each becomes visible after the one before; ids of events
do not, so an event whose transaction commits late would be skipped by them. A line arrives at least once: who
reads them tells a repeated one by its seal and position.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from portal.audit.models import AuditExport, EventSeal, SealedEvent
from portal.audit.sinks import write_lines

BATCH: Final = 10
"""Seals of one round of the worker, at most: its other jobs wait meanwhile."""
HOLD: Final = timedelta(minutes=1)
"""How long a worker may take for a seal, and how long a sink that failed is left alone."""

log = structlog.stdlib.get_logger("portal.audit")


class Sealed(NamedTuple):
    """The events of one seal as lines without an end, in their order."""

    sequence: int
    lines: Sequence[str]


def sealed_after(sequence: int, limit: int) -> list[Sealed]:
    """What was sealed after the seal of this number, of ``limit`` seals at most: two statements."""
    seals = list(EventSeal.objects.filter(pk__gt=sequence).order_by("pk")[:limit])
    links = SealedEvent.objects.filter(seal__in=seals).select_related("event").order_by("seal", "position")
    lines: dict[int, list[str]] = {seal.sequence: [] for seal in seals}
    epochs = {seal.sequence: seal.epoch for seal in seals}
    for link in links:
        lines[link.seal_id].append(_line(link, epochs[link.seal_id]))
    return [Sealed(number, lines[number]) for number in lines]


def export_due(stopped: Callable[[], bool] = lambda: False) -> int:
    """Write what was sealed since to the sink of the settings: a job of the worker.

    Returns how many lines it wrote. A sink that fails is an alert, is tried again a minute later, and holds
    up nothing else.
    """
    sink, written = settings.PORTAL_AUDIT_SINK, 0
    if not sink or not _is_behind(sink):
        return 0
    for _ in range(BATCH):
        mine = None if stopped() else _claim(sink)
        if mine is None:
            break
        if (lines := _export_next(sink, mine)) is None:
            break
        written += lines
    return written


def _is_behind(sink: str) -> bool:
    """Whether there is a seal that the sink does not have."""
    has = AuditExport.objects.filter(sink=sink).values_list("sequence", flat=True).first() or 0
    return EventSeal.objects.filter(pk__gt=has).exists()


def _claim(sink: str) -> datetime | None:
    """Keep other workers from the sink, and return until when; None where one of them has it."""
    AuditExport.objects.get_or_create(sink=sink)
    now = timezone.now()
    free = AuditExport.objects.filter(Q(held_until=None) | Q(held_until__lte=now), sink=sink)
    return now + HOLD if free.update(held_until=now + HOLD) else None


def _export_next(sink: str, mine: datetime) -> int | None:
    """Write the next seal, and give the sink back; how many lines it has, or None where it is not written."""
    row = AuditExport.objects.filter(sink=sink, held_until=mine)
    following = sealed_after(row.values_list("sequence", flat=True).get(), 1)
    if not following:
        row.update(held_until=None)
        return None
    (sealed,) = following
    try:
        write_lines(sink, sealed.lines)
    except OSError as error:
        kind = sink.partition(":")[0]
        log.error("audit_log_not_exported", sink=kind, seal=sealed.sequence, error=type(error).__name__)
        return None
    row.update(sequence=sealed.sequence, held_until=None)
    return len(sealed.lines)


def _line(link: SealedEvent, epoch: str) -> str:
    """The event as JSON, in ASCII and on one line."""
    event = link.event
    members: dict[str, Any] = {
        "seal": link.seal_id,
        "position": link.position,
        "epoch": epoch,
        "uuid": str(event.uuid),
        "at": event.at.isoformat(),
        "verb": event.verb,
        "outcome": event.outcome,
        "actor": event.actor,
        "stream": str(event.stream),
        "organisation": str(event.organisation) if event.organisation else None,
        "request_id": event.request_id,
        "object": event.object,
        "version": event.version,
        "moved": event.moved,
        "detail": event.detail,
        "mac": link.mac,
    }
    return json.dumps(members, separators=(",", ":"))
