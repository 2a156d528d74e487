"""When clients and secrets were last used, for pages. Nothing is said where no server reports it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import LastUse, Registration, UsageReports

UNUSED_AFTER: Final = timedelta(days=90)


@dataclass(frozen=True)
class Usage:
    """When a client was last used, None for never since ``reported_since``; ``is_unused`` if it works, but
    nobody had used it for :data:`UNUSED_AFTER` when the server last reported."""

    last_used_at: datetime | None
    reported_since: datetime
    is_unused: bool


def usage_of(clients: Collection[Registration]) -> dict[int, Usage]:
    """The usage of these clients by their keys, without those of whose environment none is reported: two
    statements at most."""
    reports = {row.environment: row for row in UsageReports.objects.all()}
    found = {one: reports[one.environment] for one in clients if one.environment in reports}
    if not found:
        return {}
    uses = dict(LastUse.objects.filter(registration__in=found).values_list("registration", "last_used_at"))
    return {one.pk: _usage(one, uses.get(one.pk), reported) for one, reported in found.items()}


def _usage(client: Registration, last_used_at: datetime | None, reported: UsageReports) -> Usage:
    quiet_since = last_used_at or max(reported.first_at, client.activated_at or reported.first_at)
    is_active = client.stage is RegistrationStatus.ACTIVE
    is_unused = is_active and quiet_since <= reported.last_at - UNUSED_AFTER
    return Usage(last_used_at, reported.first_at, is_unused)
