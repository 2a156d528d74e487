"""What authorization servers serve, compared with what the portal has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, F
from django.utils import timezone

from registrations.domain.api_rights import Right
from registrations.domain.lifecycle import LIVE_STATUSES, RegistrationStatus, RevisionStatus
from registrations.models import ApiToken, Inventory, LateChange, Registration, Revision
from registrations.models.registration import RegistrationQuerySet

LATE: Final = timedelta(minutes=5)
"""How long a server may take to apply a change."""
MOST: Final = 50
"""Clients of a kind that the desk lists."""


class State(NamedTuple):
    """The state of a client: the number of its live version, and when its record last changed."""

    version: int
    updated_at: datetime


class Known(NamedTuple):
    """A client as the portal has it; ``registration`` is its key."""

    registration: int
    state: State
    is_live: bool


@dataclass(frozen=True)
class Drift:
    """How what a server has differs from the portal, by client ids."""

    missing: list[UUID]
    extra: list[UUID]
    stale: list[UUID]


def known_clients(environment: str, client_ids: Collection[UUID] | None = None) -> dict[UUID, Known]:
    """The clients of the environment that ever were live, or those of them: one statement."""
    rows = Revision.objects.live().filter(
        registration__environment=environment, registration__client_id__isnull=False
    )
    if client_ids is not None:
        rows = rows.filter(registration__client_id__in=client_ids)
    columns = ("client_id", "pk", "record_updated_at", "status")
    found = rows.order_by().values_list("number", *(f"registration__{column}" for column in columns))
    return {
        client_id: Known(pk, State(number, updated_at), status in LIVE_STATUSES)
        for number, client_id, pk, updated_at, status in found
    }


def drift_between(has: Mapping[UUID, State], known: Mapping[UUID, Known]) -> Drift:
    """How what a server has differs from what is known.

    A closed client may be missing: the server accepts nothing from it then, either.
    """
    return Drift(
        missing=[one for one, client in known.items() if client.is_live and one not in has],
        extra=[one for one in has if one not in known],
        stale=[one for one, state in has.items() if one in known and state != known[one].state],
    )


def reporting_environments(now: datetime) -> list[str]:
    """The environments whose server can report what it serves, as it could before a change was late."""
    tokens = ApiToken.objects.working_at(now).filter(may_apply=True, created_at__lte=now - LATE)
    return sorted(set(tokens.order_by().values_list("environment", flat=True)))


def not_applied(environments: Collection[str]) -> RegistrationQuerySet:
    """The clients of these environments that a server does not serve as they are, without closed ones that it
    does not have."""
    clients = Registration.objects.filter(environment__in=environments, client_id__isnull=False)
    behind = clients.exclude(served__updated_at=F("record_updated_at"))
    return behind.exclude(status=RegistrationStatus.CLOSED, served=None)


# --- For pages ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """Whether the authorization server of its environment serves a client as it is.

    ``at`` is since when it serves the live version; before that, when ``change`` was made.
    """

    at: datetime
    change: str
    is_applied: bool
    is_active: bool


def delivery_of(registration: Registration) -> Delivery | None:
    """How far the client has come to the server; None where no server reports, and of a closed client that it
    does not have: one statement, and none for what was never live."""
    if registration.client_id is None or registration.environment is None:
        return None
    tokens = ApiToken.objects.working_at(timezone.now()).with_right(Right.APPLIED, registration.environment)
    live = Registration.objects.filter(
        Exists(tokens), pk=registration.pk, revisions__status=RevisionStatus.APPROVED
    )
    row = live.values_list(
        "revisions__number",
        "revisions__decided_at",
        "revisions__decided_by",
        "record_updated_at",
        "served__version",
        "served__updated_at",
        "served__in_force_since",
    ).first()
    if row is None:
        return None
    number, decided_at, decided_by, changed_at, served, served_at, since = row
    if served is None and registration.stage is RegistrationStatus.CLOSED:
        return None
    is_active = registration.stage is RegistrationStatus.ACTIVE
    if since and served == number and served_at == changed_at:
        return Delivery(since, "", is_applied=True, is_active=is_active)
    if decided_at is None or decided_by is None or served == number or not is_active:
        return Delivery(changed_at, "Changed", is_applied=False, is_active=is_active)
    return Delivery(decided_at, "Approved", is_applied=False, is_active=is_active)


class Named(NamedTuple):
    """A client that a list of the desk names; without ``uuid`` where the portal does not know it."""

    client_id: str
    name: str = ""
    uuid: UUID | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class DriftList:
    """One kind of difference of an inventory; ``total`` counts those beyond the listed ones, too."""

    words: str
    clients: list[Named]
    total: int

    @property
    def unlisted(self) -> int:
        return self.total - len(self.clients)


@dataclass(frozen=True)
class LastInventory:
    """The last inventory of an environment, with how it differed."""

    inventory: Inventory
    lists: list[DriftList]


def last_inventories() -> list[LastInventory]:
    """The last inventory of each environment: two statements at most."""
    found = list(Inventory.objects.order_by("environment"))
    listed = {one for row in found for one in (*row.missing, *row.stale)}
    names = _named(listed) if listed else {}
    return [
        LastInventory(
            row,
            [
                DriftList(words, [names.get(one, Named(one)) for one in ids], total)
                for words, ids, total in (
                    ("Missing", row.missing, row.missing_count),
                    ("Stale", row.stale, row.stale_count),
                    ("Unknown to the portal", row.extra, row.extra_count),
                )
                if total
            ],
        )
        for row in found
    ]


@dataclass(frozen=True)
class LateClients:
    """The clients with a change that was not applied in time, the oldest change first."""

    clients: list[Named]
    has_more: bool


def late_clients(most: int = MOST) -> LateClients:
    """So many of them: one statement."""
    live = LateChange.objects.filter(registration__revisions__status=RevisionStatus.APPROVED)
    columns = ("client_id", "revisions__client_name", "uuid")
    rows = live.order_by("changed_at", "pk").values_list(
        *(f"registration__{column}" for column in columns), "changed_at"
    )
    found = [Named(str(client_id), name, uuid, since) for client_id, name, uuid, since in rows[: most + 1]]
    return LateClients(found[:most], has_more=len(found) > most)


def _named(client_ids: Collection[str]) -> dict[str, Named]:
    live = Revision.objects.live().filter(registration__client_id__in=client_ids)
    rows = live.order_by().values_list("registration__client_id", "client_name", "registration__uuid")
    return {str(client_id): Named(str(client_id), name, uuid) for client_id, name, uuid in rows}
