"""When clients and secrets were last used, for pages. Nothing is said where no server reports it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import LastUse, Registration, UsageReports

UNUSED_AFTER: Final = timedelta(days=90)


@dataclass(frozen=True)
class Usage:
    """When a client was last used, None for never since ``reported_since``; ``is_unused`` if it works, but
    nobody has used it for :data:`UNUSED_AFTER`."""

    last_used_at: datetime | None
    reported_since: datetime
    is_unused: bool


def usage_of(clients: Collection[Registration]) -> dict[int, Usage]:
    """The usage of these clients by their keys, without those of whose environment none is reported: two
    statements at most."""
    reports = dict(UsageReports.objects.values_list("environment", "first_at"))
    since = {
        one: reports[one.environment] for one in clients if one.environment and one.environment in reports
    }
    if not since:
        return {}
    uses = dict(LastUse.objects.filter(registration__in=since).values_list("registration", "last_used_at"))
    return {one.pk: _usage(one, uses.get(one.pk), first_at) for one, first_at in since.items()}


def _usage(client: Registration, last_used_at: datetime | None, reported_since: datetime) -> Usage:
    quiet_since = last_used_at or max(reported_since, client.activated_at or reported_since)
    is_active = client.stage is RegistrationStatus.ACTIVE
    is_unused = is_active and quiet_since <= timezone.now() - UNUSED_AFTER
    return Usage(last_used_at, reported_since, is_unused)
