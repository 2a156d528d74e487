"""The partner's override requests (rule G-06) and their outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from registrations.domain.draft_data import override_requests_of
from registrations.queries.overview import RegistrationOverview
from registrations.rules.overrides import OverrideRequest


class OverrideNotice(NamedTuple):
    """An override request, with its status in words."""

    rule: str
    value: str
    reason: str
    answer: str


def override_notices(found: RegistrationOverview) -> list[OverrideNotice]:
    """The requests of the live and the newest revision, else of the draft; each value once."""
    requests = {request.pair: request for request in _override_requests(found)}
    return [OverrideNotice(one.rule, one.value, one.reason, _answer(found, one)) for one in requests.values()]


def _override_requests(found: RegistrationOverview) -> Iterator[OverrideRequest]:
    if found.newest is None:
        yield from override_requests_of(found.draft.data) if found.draft else ()
    for revision in (found.live, found.newest):
        yield from revision.override_requests() if revision else ()


def _answer(found: RegistrationOverview, request: OverrideRequest) -> str:
    if request.pair in found.accepted:
        return "A reviewer accepted this."
    if found.newest is None:
        return "You ask when you submit."
    return "A reviewer decides about this." if found.under_review else "No reviewer accepted this."
