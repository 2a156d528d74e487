"""What the pre-flight checks warn of, as the partner is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from registrations.forms.wording import PREFLIGHT_WORDS
from registrations.queries.overview import RegistrationOverview
from registrations.rules.fields import LABELS
from registrations.rules.lifecycle import UNLOCKS_DRAFT, RevisionStatus

_OF_INTEREST: Final = UNLOCKS_DRAFT | {RevisionStatus.UNDER_REVIEW}
"""As long as the partner can still do something about the newest revision."""


class Told(NamedTuple):
    """An address that did not answer as a page should, and when that was."""

    label: str
    uri: str
    words: str
    at: datetime


def told(found: RegistrationOverview) -> list[Told]:
    """The warnings about the newest revision, in the order of the form: one statement."""
    return list(_told(found))


def _told(found: RegistrationOverview) -> Iterator[Told]:
    newest = found.newest
    if newest is None or newest.stage not in _OF_INTEREST:
        return
    for one in newest.preflights.filter(verdict__in=PREFLIGHT_WORDS):
        if one.checked_at:
            yield Told(LABELS[one.field], one.uri, PREFLIGHT_WORDS[one.verdict], one.checked_at)
