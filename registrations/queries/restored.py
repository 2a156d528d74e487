"""What an operator has to know after a restore: the clients changed last in the backup, and earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from portal.audit.events import SYSTEM
from portal.audit.models import Event, Outcome
from portal.epochs.models import Epoch
from registrations.events import RegistrationEvent, desk_wording
from registrations.models import ClientSecret, Registration

AROUND: Final = timedelta(days=7)
"""How long before the backup a client's last change counts as close to it."""


@dataclass(frozen=True)
class ChangedClient:
    """A client, and the last thing that a person did to it in the backup."""

    client_id: UUID | None
    organisation: str
    status: str
    at: datetime
    what: str


def date_of_backup() -> datetime | None:
    """When a person last did something that is in the backup; None for an empty log.

    What jobs and commands did says nothing: they may have run since the restore.
    """
    return _by_people().order_by("-at", "-id").values_list("at", flat=True).first()


def changed_around(backup: datetime) -> Sequence[ChangedClient]:
    """The clients whose last change is at most AROUND older than the backup, the latest first."""
    last = _by_people().filter(stream=OuterRef("uuid"), at__lte=backup).order_by("-at", "-id")
    rows = Registration.objects.filter(client_id__isnull=False).select_related("organisation")
    rows = rows.annotate(last_at=Subquery(last.values("at")[:1]), last_verb=Subquery(last.values("verb")[:1]))
    return [
        ChangedClient(
            row.client_id, row.organisation.name, row.status, row.last_at, desk_wording(row.last_verb)
        )
        for row in rows.filter(last_at__gte=backup - AROUND).order_by("-last_at", "pk")
    ]


def secrets_waiting(*, since: datetime | None = None) -> int:
    """How many secrets wait to be revealed, of all or of those issued since then."""
    sealed = ClientSecret.objects.sealed()
    return (sealed.filter(issued_at__gt=since) if since else sealed).count()


def last_run() -> datetime | None:
    """When ``after_restore`` ran last, on this database or before its backup; None where it never did."""
    return Epoch.objects.order_by("-pk").values_list("began_at", flat=True).first()


def runs_since_release() -> Sequence[datetime]:
    """When ``after_restore`` ran while the emails were held back as they are now, the earliest first.

    Some of these runs may be of a time before the last restore: a backup remembers the runs before it.
    """
    released = Event.objects.filter(verb=RegistrationEvent.EMAILS_RELEASED, stream=OuterRef("name"))
    epochs = Epoch.objects.annotate(is_released=Exists(released)).order_by("-pk")
    runs = [epoch.began_at for epoch in takewhile(lambda epoch: not epoch.is_released, epochs)]
    return runs[::-1]


def _by_people() -> QuerySet[Event]:
    return Event.objects.filter(outcome=Outcome.DONE).exclude(actor=SYSTEM)
