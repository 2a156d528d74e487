"""Books when clients and secrets were last used.

Servers report that in batches. A report says what a machine saw, and only the last use is kept: so no event
is recorded, and neither the registration nor the secret is locked or gets a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from registrations.models import ClientSecret, LastUse, UsageReports
from registrations.queries.served import known_clients
from registrations.workflow.verbs import one_transaction

CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""So far the clock of a server may be ahead; what it calls later than now was now."""


@dataclass(frozen=True)
class Use:
    """The last use of a client; with ``secret_id``, of that secret of it."""

    client_id: UUID
    secret_id: UUID | None
    last_used_at: datetime


def book(environment: str, uses: Sequence[Use]) -> list[Use]:
    """Store the uses that are later than what is stored. Returns those of clients and secrets that do not
    exist in the environment, which are left out."""
    now = timezone.now()
    with one_transaction():
        known = known_clients(environment, {use.client_id for use in uses})
        of_secrets = _secrets(uses)
        clients: dict[int, datetime] = {}
        secrets: dict[int, datetime] = {}
        unknown = []
        for use in uses:
            client = known.get(use.client_id)
            secret = of_secrets.get((use.client_id, use.secret_id)) if use.secret_id else None
            if client is None or (use.secret_id and secret is None):
                unknown.append(use)
                continue
            moment = min(use.last_used_at, now)
            clients[client.registration] = max(moment, clients.get(client.registration, moment))
            if secret is not None:
                secrets[secret] = max(moment, secrets.get(secret, moment))
        _move("registration_id", clients)
        _move("secret_id", secrets)
        UsageReports.objects.get_or_create(
            environment=environment, defaults={"first_at": now, "last_at": now}
        )
        UsageReports.objects.filter(environment=environment, last_at__lt=now).update(last_at=now)
    return unknown


def _secrets(uses: Sequence[Use]) -> dict[tuple[UUID, UUID | None], int]:
    """The keys of the secrets, by their client's id and their own."""
    named = ClientSecret.objects.filter(uuid__in={use.secret_id for use in uses if use.secret_id})
    rows = named.order_by().values_list("registration__client_id", "uuid", "pk")
    return {(client_id, uuid): pk for client_id, uuid, pk in rows if client_id}


def _move(column: str, moments: dict[int, datetime]) -> None:
    """Move the rows forward, never back, in the order of their keys, as any other report does."""
    new = [LastUse(**{column: pk}, last_used_at=moment) for pk, moment in sorted(moments.items())]
    LastUse.objects.bulk_create(new, ignore_conflicts=True)
    stored = LastUse.objects.filter(**{f"{column}__in": moments}).order_by("pk")
    later = []
    for row in stored.select_for_update(no_key=True):
        moment = moments[getattr(row, column)]
        if moment > row.last_used_at:
            row.last_used_at = moment
            later.append(row)
    LastUse.objects.bulk_update(later, ["last_used_at"])
