"""The PKCE exceptions of a registration, worded for the partner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format

from registrations.domain.lifecycle import PkceStatus
from registrations.models import PkceException, Registration
from registrations.queries.overview import RegistrationOverview
from registrations.rules.vocabulary import PkceSupport

_PENDING: Final = frozenset({PkceStatus.REQUESTED, PkceStatus.GRANTED, PkceStatus.REFUSED})
"""Shown while the revision that requests the exception is the newest."""
_CUT_SHORT: Final = frozenset({PkceStatus.IN_FORCE, PkceStatus.LAPSED, PkceStatus.REVOKED})
"""Shown after the exception has ended, while the live revision still needs one."""
_WORDS: Final = {
    PkceStatus.REQUESTED: ("Requested", "Until it is granted, PKCE is required."),
    PkceStatus.GRANTED: ("Granted until {day}", "It takes effect when the submission is approved."),
    PkceStatus.REFUSED: ("Refused", "PKCE is required."),
    PkceStatus.LAPSED: ("Ended on {day}", "PKCE is required again."),
    PkceStatus.REVOKED: ("Revoked", "PKCE is required again."),
}
_RUNNING: Final = (
    "In force until {day}",
    "PKCE is not required until then. Use it anyway wherever your client can. To leave the exception "
    "earlier, edit the registration, choose “Supported” under PKCE support and submit; to ask for more "
    "time, write a new justification there.",
)
_WITHDRAW: Final = "Withdraw the submission, choose “Supported” under PKCE support and submit it again."
_EDIT: Final = "Edit the registration, choose “Supported” under PKCE support and submit it again."


class ExceptionNotice(NamedTuple):
    """An exception in words; ``note`` says why it was refused or revoked."""

    label: str
    meaning: str
    note: str


def pkce_free_until(registration: Registration) -> date | None:
    """The last day on which PKCE is not required; None where it is required today."""
    today = timezone.now().date()
    return next((one.expires_on for one in registration.pkce_exceptions.all() if one.runs_on(today)), None)


def exception_notices(found: RegistrationOverview) -> list[ExceptionNotice]:
    """The exceptions that matter today, newest first; one query."""
    today = timezone.now().date()
    return [_in_words(one, found, today) for one in _of_interest(found, today)]


def _of_interest(found: RegistrationOverview, today: date) -> Iterable[PkceException]:
    needed = found.live is not None and found.live.pkce_support == PkceSupport.EXCEPTION_REQUESTED
    for place, one in enumerate(found.registration.pkce_exceptions.all()):
        asks_now = found.newest is not None and one.revision_id == found.newest.pk
        pending = asks_now and one.status in _PENDING
        if one.runs_on(today) or pending or (place == 0 and needed and one.status in _CUT_SHORT):
            yield one


def _in_words(one: PkceException, found: RegistrationOverview, today: date) -> ExceptionNotice:
    status = PkceStatus(one.status)
    if status is PkceStatus.IN_FORCE:
        label, meaning = _RUNNING if one.runs_on(today) else _WORDS[PkceStatus.LAPSED]
    else:
        label, meaning = _WORDS[status]
    if status is PkceStatus.REFUSED and found.is_open:
        meaning = f"{meaning} {_EDIT if found.is_editable else _WITHDRAW}"
    day = date_format(one.expires_on, "j F Y") if one.expires_on else ""
    return ExceptionNotice(label.format(day=day), meaning, _note(one, status))


def _note(one: PkceException, status: PkceStatus) -> str:
    if status is PkceStatus.REVOKED:
        return one.revoked_reason
    return one.note if status is PkceStatus.REFUSED else ""
