"""The states that the queue lists, each with the index that finds it.

What is under review is found through its revision, oldest first; what came back or was withdrawn
through the newest revision; what is live, suspended or closed through the registration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest

from registrations.domain.lifecycle import OPEN_STATUSES
from registrations.domain.lifecycle import RegistrationStatus as R
from registrations.domain.lifecycle import RevisionStatus as V
from registrations.models import Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.models.revision import of_newest
from registrations.queries.secrets import with_working_secret, without_working_secret

Rows = QuerySet[Any]

PARAMETER: Final = "state"
UNDER_REVIEW: Final = "under_review"
ALL: Final = "all"

_NEWEST = Q(revisions__number=F("newest_number"))
_WAITING = Q(revisions__status=V.UNDER_REVIEW)
_ACTIVE = Q(status=R.ACTIVE)
_PENDING = Q(status=R.PENDING)
_SENT_BACK = Q(newest__status=V.SENT_BACK)
_OF_REGISTRATION: Final = ("live", "no_secret", "suspended", "closed")
"""The states that the registration tells without its revisions."""
_LATEST_FIRST = ("-pk",)
_TURNED_DOWN_LATEST = ("-newest__pk",)


class State(NamedTuple):
    """One state: its label, the revision that represents the registration, the rows and their order.

    ``has_several`` is whether pages show its rows with different states, ``lacks_secret`` whether it holds
    only what has no working secret.
    """

    words: str
    newest: Q
    rows: Q
    order: tuple[str, ...]
    has_several: bool = False
    lacks_secret: bool = False


STATES: Final[Mapping[str, State]] = {
    UNDER_REVIEW: State(
        "Under review", _WAITING, Q(newest__status=V.UNDER_REVIEW), ("newest__submitted_at", "newest__pk")
    ),
    ALL: State("All", _NEWEST, Q(), _LATEST_FIRST, has_several=True),
    "live": State("Live", _NEWEST, _ACTIVE, _LATEST_FIRST, has_several=True),
    "no_secret": State(
        "Live, no working secret",
        _NEWEST,
        _ACTIVE,
        _LATEST_FIRST,
        has_several=True,
        lacks_secret=True,
    ),
    "partner": State(
        "Waiting for the partner",
        _NEWEST,
        _SENT_BACK & Q(status__in=sorted(OPEN_STATUSES)),
        _TURNED_DOWN_LATEST,
        has_several=True,
    ),
    "changes_requested": State(
        "Changes requested, never live", _NEWEST, _SENT_BACK & _PENDING, _TURNED_DOWN_LATEST
    ),
    "rejected": State("Rejected", _NEWEST, _PENDING & Q(newest__status=V.REJECTED), _TURNED_DOWN_LATEST),
    "withdrawn": State("Withdrawn", _NEWEST, _PENDING & Q(newest__status=V.WITHDRAWN), _TURNED_DOWN_LATEST),
    "suspended": State("Suspended", _NEWEST, Q(status=R.SUSPENDED), _LATEST_FIRST),
    "closed": State("Closed", _NEWEST, Q(status=R.CLOSED), _LATEST_FIRST),
}


def chosen_state(request: HttpRequest) -> str:
    """The state to list: the one in the URL, else all for a search, else what is under review."""
    asked = request.GET.get(PARAMETER, "")
    if asked in STATES:
        return asked
    return ALL if request.GET.get("q", "").strip() else UNDER_REVIEW


def rows_of(key: str) -> Rows:
    """The registrations in the state, each with ``newest``, the revision that represents it."""
    return _with_newest(with_working_secret(_submitted(STATES[key])), STATES[key])


def bare_rows_of(key: str) -> Rows:
    """The same registrations, to be counted: without ``newest`` where the state can be told without it."""
    state = STATES[key]
    if key not in _OF_REGISTRATION:
        return _with_newest(_submitted(state), state)
    return _submitted(state).filter(state.rows)


def _with_newest(submitted: Rows, state: State) -> Rows:
    numbered = submitted.alias(newest_number=of_newest("pk", "number"))
    with_newest = numbered.annotate(newest=FilteredRelation("revisions", condition=state.newest))
    return with_newest.filter(state.rows)


def _submitted(state: State) -> RegistrationQuerySet:
    submitted = Registration.objects.submitted()
    return without_working_secret(submitted) if state.lacks_secret else submitted
