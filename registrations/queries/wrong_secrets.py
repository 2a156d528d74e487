"""Clients for which authorization servers were given many wrong secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from registrations.domain.lifecycle import RevisionStatus
from registrations.models import WrongSecrets

LAST_DAY: Final = timedelta(hours=24)
MOST: Final = 20
"""Clients that are listed, those with the most first."""
_CLIENT: Final = ("registration__uuid", "registration__client_id")


class WrongOfClient(NamedTuple):
    """A client with how often its secret was wrong in the last 24 hours."""

    name: str
    uuid: UUID
    client_id: UUID
    times: int


def many_wrong(at_least: int) -> list[WrongOfClient]:
    """The clients with so many wrong secrets in the last 24 hours: one statement."""
    live = WrongSecrets.objects.since(timezone.now() - LAST_DAY).filter(
        registration__revisions__status=RevisionStatus.APPROVED
    )
    columns = ("registration__revisions__client_name", *_CLIENT)
    counted = live.order_by().values_list(*columns).annotate(total=Sum("times"))
    rows = counted.filter(total__gte=at_least).order_by("-total", "registration")
    return [WrongOfClient(*row) for row in rows[:MOST]]
