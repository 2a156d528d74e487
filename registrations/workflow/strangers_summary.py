"""The tries of strangers, summed up in one event for each registration and hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from portal.audit import events
from portal.outbox.worker import Stopped, never
from registrations.events import RegistrationEvent
from registrations.models import Registration, StrangersTries
from registrations.workflow.due_rows import BATCH, run_for_each

_HOUR: Final = timedelta(hours=1)


def summarise_due(stopped: Stopped = never) -> int:
    """Write the event of every hour that is over: a job of the worker."""
    over = StrangersTries.objects.filter(hour__lte=timezone.now() - _HOUR).order_by("hour", "pk")
    return run_for_each(over.values_list("registration__uuid", "uuid")[:BATCH], _summarise, stopped)


def _summarise(registration: Registration, uuid: UUID) -> bool:
    """Turn the row into its event. One that somebody still counts on is left to the next round."""
    row = registration.strangers_tries.filter(uuid=uuid).first()
    if row is None:
        return False
    deleted, _ = StrangersTries.objects.filter(pk=row.pk, tries=row.tries).delete()
    if not deleted:
        return False
    events.record(
        RegistrationEvent.STRANGERS_TRIED,
        by=None,
        stream=registration.uuid,
        detail={"tries": row.tries, "from": row.hour.isoformat()},
    )
    return True
