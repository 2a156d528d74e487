"""Books what authorization servers serve, and raises an alert where a change is not applied in time.

These are the reports of machines, many a minute. Each replaces the one before it, only the last state is
kept, and nobody decided anything: so no event is recorded, and no registration is locked or gets a version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, NotFound
from registrations.models import Inventory, LateChange, ServedClient
from registrations.queries.served import (
    LATE,
    MOST,
    Drift,
    Known,
    State,
    drift_between,
    known_clients,
    not_applied,
    reporting_environments,
)
from registrations.workflow.due_rows import BATCH
from registrations.workflow.verbs import one_transaction

LOOK_BACK: Final = timedelta(days=1)
"""A change that is older was late before somebody could notice, or is from before servers reported; the
inventory names those."""
_NO_SUCH_STATE: Final = (
    "The client never was in this state. If the portal was restored from a backup, start from nothing."
)
_AT_ONCE: Final = 1000

log = structlog.stdlib.get_logger("registrations.served")


def book(environment: str, client_id: UUID, served: State) -> State:
    """Store what the server serves of this client, and return what the portal has.

    The last report counts, because a server may have gone back. Raises ``NotFound``, and ``Conflict`` for a
    state in which the client never was.
    """
    with one_transaction():
        client = known_clients(environment, [client_id]).get(client_id)
        if client is None:
            raise NotFound
        is_later = served.updated_at > client.state.updated_at or served.version > client.state.version
        is_other = served.updated_at == client.state.updated_at and served.version != client.state.version
        if is_later or is_other:
            raise Conflict(_NO_SUCH_STATE)
        _store({client.registration: served}, environment, now=timezone.now())
    return client.state


def book_inventory(environment: str, served: Mapping[UUID, State]) -> Drift:
    """Store all that the server serves, and return how it differs from the portal.

    What it does not name, it does not serve. The desk lists the differences, without those of the last
    minutes, which the server may yet apply.
    """
    now = timezone.now()
    with one_transaction():
        known = known_clients(environment)
        drift = drift_between(served, known)
        _store({known[one].registration: served[one] for one in served if one in known}, environment, now=now)
        ServedClient.objects.filter(registration__environment=environment, reported_at__lt=now).delete()
        lists = {
            "missing": _settled(drift.missing, known, now),
            "extra": [str(one) for one in drift.extra],
            "stale": _settled(drift.stale, known, now),
        }
        listed = {kind: ids[:MOST] for kind, ids in lists.items()}
        counts = {f"{kind}_count": len(ids) for kind, ids in lists.items()}
        Inventory.objects.update_or_create(
            environment=environment, defaults={"reported_at": now, **listed, **counts}
        )
    return drift


def alert_due(stopped: Stopped = never) -> int:
    """Notice changes that no server has applied in time, and forget those that one has: a job of the worker.

    Each is an error in the log, once. Returns how many were noticed.
    """
    now = timezone.now()
    behind = not_applied(reporting_environments(now))
    with one_transaction():
        LateChange.objects.exclude(Exists(behind.filter(pk=OuterRef("registration")))).delete()
        changed = (now - LOOK_BACK, now - LATE)
        late = behind.filter(record_updated_at__range=changed, late_change=None)
        rows = list(
            late.order_by("record_updated_at").values_list("pk", "client_id", "record_updated_at")[:BATCH]
        )
        LateChange.objects.bulk_create(
            [LateChange(registration_id=pk, changed_at=moment, noticed_at=now) for pk, _, moment in rows],
            ignore_conflicts=True,
        )
    for _, client_id, moment in rows:
        log.error("change_not_applied", client_id=str(client_id), changed_at=moment.isoformat())
    return len(rows)


def _store(served: Mapping[int, State], environment: str, *, now: datetime) -> None:
    """Replace the rows of these registrations, in the order of their keys, as any other report does.

    What another report has stored after ``now`` is later than this one, and stays.
    """
    rows = ServedClient.objects.filter(registration__environment=environment)
    if len(served) == 1:
        rows = rows.filter(registration__in=served)
    before = {row.registration_id: row for row in rows}
    stored = []
    for pk, state in sorted(served.items()):
        earlier = before.get(pk)
        if earlier and earlier.reported_at > now:
            continue
        since = earlier.in_force_since if earlier and earlier.version == state.version else now
        row = ServedClient(registration_id=pk, **state._asdict(), reported_at=now, in_force_since=since)
        stored.append(row)
    ServedClient.objects.bulk_create(
        stored,
        update_conflicts=True,
        unique_fields=["registration"],
        update_fields=["version", "updated_at", "reported_at", "in_force_since"],
        batch_size=_AT_ONCE,
    )


def _settled(client_ids: list[UUID], known: Mapping[UUID, Known], now: datetime) -> list[str]:
    return [str(one) for one in client_ids if known[one].state.updated_at < now - LATE]
