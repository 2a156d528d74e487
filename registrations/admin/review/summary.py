"""The line below the title of the review page: who asks, and for how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from django.conf import settings

from registrations.admin.review.scopes import RequestedScopes
from registrations.admin.review.signals import MailDomain
from registrations.domain.lifecycle import RegistrationStatus
from registrations.domain.sites import HostUse, Mail
from registrations.queries.organisation_history import OrganisationHistory

_STAGES: Final = {
    RegistrationStatus.ACTIVE: "live",
    RegistrationStatus.SUSPENDED: "suspended",
    RegistrationStatus.CLOSED: "closed",
    RegistrationStatus.PENDING: "not live",
}
_MAIL: Final = {
    Mail.SAME_SITE: "email domain matches the site",
    Mail.FREE: "free email address",
    Mail.OTHER: "email domain differs from the site",
}


def summary_of(
    organisation: OrganisationHistory,
    mail: MailDomain | None,
    hosts: Sequence[HostUse],
    scopes: RequestedScopes,
) -> Iterator[str]:
    """Organisation and its clients, email domain, hosts and scopes, each in a few words."""
    yield organisation.organisation.name
    yield _counted(_stages_of(organisation))
    if mail:
        yield _MAIL[mail.kind]
    yield f"hosts: {_counted(_kinds_of(hosts))}"
    yield f"scopes: {_counted(_tiers_of(scopes))}"


def target_words() -> str:
    """Until when a submission should be decided."""
    days = settings.PORTAL_REVIEW_TARGET_DAYS
    return f"{days} working day{'' if days == 1 else 's'}"


def _stages_of(organisation: OrganisationHistory) -> list[tuple[int, str]]:
    counted = Counter(one.client.status for one in organisation.covered)
    return [(counted[status], words) for status, words in _STAGES.items()]


def _kinds_of(hosts: Sequence[HostUse]) -> list[tuple[int, str]]:
    own = sum(use.is_own_site for use in hosts)
    shared = sum(use.is_shared and not use.is_own_site for use in hosts)
    return [(own, "own"), (shared, "shared by many"), (len(hosts) - own - shared, "elsewhere")]


def _tiers_of(scopes: RequestedScopes) -> list[tuple[int, str]]:
    asked = [choice.scope for choice in scopes.choices]
    writes = sum(scope.writes for scope in asked)
    restricted = sum(scope.is_restricted for scope in asked)
    return [(len(asked) - writes, "read"), (writes, "write"), (restricted, "restricted")]


def _counted(numbers: Sequence[tuple[int, str]]) -> str:
    return ", ".join(f"{number} {words}" for number, words in numbers if number)
