"""Books the wrong secrets that authorization servers reported, and raises an alert where there are many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from portal.outbox.worker import Stopped, never
from registrations.models import Registration, WrongSecrets
from registrations.workflow.verbs import one_transaction

MANY: Final = 100
"""Wrong secrets of one client within an hour that are no slip any more."""
KEPT: Final = timedelta(days=30)

log = structlog.stdlib.get_logger("registrations.wrong_secrets")


def book(counts: Mapping[int, int]) -> None:
    """Add to the counts of this hour, by the key of the registration: all of them, or none.

    What belongs to no client is left out: the portal may have been restored from a backup. The alert is an
    error in the log, once for a client and hour.
    """
    if not counts:
        return
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with one_transaction():
        known = Registration.objects.filter(pk__in=counts).order_by("pk").values_list("pk", flat=True)
        alarming = [pk for pk in known if _add(pk, hour, counts[pk])]
        clients = list(Registration.objects.filter(pk__in=alarming).values_list("client_id", flat=True))
    for client_id in clients:
        log.error("many_wrong_secrets", client_id=str(client_id), hour=hour.isoformat())


def forget_old(stopped: Stopped = never) -> int:
    """Delete the counts of hours that are long over: a job of the worker."""
    return WrongSecrets.objects.filter(hour__lt=timezone.now() - KEPT).delete()[0]


def _add(registration: int, hour: datetime, times: int) -> bool:
    """Add to the count of the hour; returns whether it has become too many by that."""
    counted = WrongSecrets.objects.filter(registration=registration, hour=hour)
    if not counted.update(times=F("times") + times):
        try:
            with transaction.atomic():
                WrongSecrets.objects.create(registration_id=registration, hour=hour, times=times)
        except IntegrityError:  # another process was first
            counted.update(times=F("times") + times)
    total = counted.get().times
    return total - times < MANY <= total
