"""The warnings of the pre-flight checks, worded for the partner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from registrations.domain.lifecycle import UNLOCKS_DRAFT, RevisionStatus
from registrations.forms.wording import PREFLIGHT_WORDS
from registrations.queries.overview import RegistrationOverview
from registrations.rules.fields import LABELS

_OF_INTEREST: Final = UNLOCKS_DRAFT | {RevisionStatus.UNDER_REVIEW}
"""Shown while the partner can still do something about the newest revision."""


class PreflightNotice(NamedTuple):
    """An address that failed its pre-flight check, and when."""

    label: str
    uri: str
    words: str
    at: datetime


def preflight_notices(found: RegistrationOverview) -> list[PreflightNotice]:
    """The warnings about the newest revision, in the order of the form; one query."""
    return list(_notices(found))


def _notices(found: RegistrationOverview) -> Iterator[PreflightNotice]:
    newest = found.newest
    if newest is None or newest.stage not in _OF_INTEREST:
        return
    for one in newest.preflights.filter(verdict__in=PREFLIGHT_WORDS):
        if one.checked_at:
            yield PreflightNotice(LABELS[one.field], one.uri, PREFLIGHT_WORDS[one.verdict], one.checked_at)
