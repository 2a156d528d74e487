"""The partner's override requests (rule G-06) and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

from registrations.domain.draft_data import override_requests_of
from registrations.queries.overview import RegistrationOverview
from registrations.rules.overrides import OverrideRequest


@dataclass(frozen=True)
class OverrideNotice:
    """An override request with its answer in words."""

    request: OverrideRequest
    answer: str


def override_notices(overview: RegistrationOverview) -> list[OverrideNotice]:
    """The requests of the live and the newest revision, else of the draft; each value once."""
    if overview.newest:
        revisions = [one for one in (overview.live, overview.newest) if one]
        requests = [request for one in revisions for request in one.override_requests()]
        is_waiting = overview.under_review is not None
        unanswered = "Waiting for Pleo’s decision." if is_waiting else "Pleo did not accept this."
    else:
        requests = override_requests_of(overview.draft.data) if overview.draft else []
        unanswered = "Pleo decides after you submit."
    environment = overview.newest.environment if overview.newest else ""
    return [
        OverrideNotice(
            one, "Pleo accepted this." if (environment, *pair) in overview.accepted else unanswered
        )
        for pair, one in {request.pair: request for request in requests}.items()
    ]
