"""Tries of strangers are only counted: an event for each would push the history of a client out of sight."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registrations.models import Registration, StrangersTries


def count_try(registration: Registration) -> None:
    """Count one try, in a transaction of its own."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    counted = StrangersTries.objects.filter(registration=registration, hour=hour)
    with transaction.atomic(durable=True):
        if counted.update(tries=F("tries") + 1):
            return
        try:
            with transaction.atomic():
                StrangersTries.objects.create(registration=registration, hour=hour, tries=1)
        except IntegrityError:  # another one was first
            counted.update(tries=F("tries") + 1)
