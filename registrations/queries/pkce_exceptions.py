"""The PKCE exceptions of a registration: worded for the partner, and beside a request for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.formats import date_format

from registrations.domain.lifecycle import PkceStatus
from registrations.models import PkceException, Registration
from registrations.queries.overview import RegistrationOverview
from registrations.rules.vocabulary import PkceSupport

_PENDING: Final = frozenset({PkceStatus.REQUESTED, PkceStatus.GRANTED, PkceStatus.REFUSED})
"""Shown while the revision that requests the exception is the newest."""
_CUT_SHORT: Final = frozenset({PkceStatus.LAPSED, PkceStatus.REVOKED})
"""Shown while the live revision still needs an exception."""
_LABELS: Final = {
    PkceStatus.REQUESTED: "Requested",
    PkceStatus.GRANTED: "Granted until {day}",
    PkceStatus.REFUSED: "Refused",
    PkceStatus.IN_FORCE: "In force until {day}",
    PkceStatus.LAPSED: "Ended on {day}",
    PkceStatus.REVOKED: "Revoked",
}
_MEANINGS: Final = {
    PkceStatus.REQUESTED: "PKCE is required until Pleo grants the exception.",
    PkceStatus.GRANTED: "It takes effect when the submission is approved.",
    PkceStatus.REFUSED: "PKCE is required.",
    PkceStatus.IN_FORCE: (
        "PKCE is not required until then. Use it anyway if your client can. To end the exception early, "
        "edit the registration, choose “Supported” under PKCE support and submit. To ask for more time, "
        "write a new justification there. It covers the redirect URIs and scopes that Pleo saw when granting "
        "it. To add others, request a renewal."
    ),
    PkceStatus.LAPSED: "PKCE is required again.",
    PkceStatus.REVOKED: "PKCE is required again.",
}
_MOST_READ: Final = 200
_MOST_OTHERS: Final = 10
_WITHDRAW: Final = "Withdraw the submission, choose “Supported” under PKCE support and submit it again."
_EDIT: Final = "Edit the registration, choose “Supported” under PKCE support and submit it again."


@dataclass(frozen=True)
class ExceptionNotice:
    """An exception in words, as of ``today``."""

    exception: PkceException
    overview: RegistrationOverview
    today: date

    @property
    def status(self) -> PkceStatus:
        """Its status today, whether or not a lapse is recorded yet."""
        has_ended = self.exception.status == PkceStatus.IN_FORCE and not self.exception.runs_on(self.today)
        return PkceStatus.LAPSED if has_ended else PkceStatus(self.exception.status)

    @property
    def is_current(self) -> bool:
        """Whether it runs, or the newest revision requests it."""
        newest = self.overview.newest
        is_requested = newest is not None and self.exception.revision_id == newest.pk
        return self.status is PkceStatus.IN_FORCE or (is_requested and self.status in _PENDING)

    @property
    def is_missed(self) -> bool:
        """Whether it is over while the live revision still needs one."""
        live = self.overview.live
        needed = live is not None and live.pkce_support == PkceSupport.EXCEPTION_REQUESTED
        return needed and self.status in _CUT_SHORT

    @property
    def label(self) -> str:
        day = date_format(self.exception.expires_on, "j F Y") if self.exception.expires_on else ""
        return _LABELS[self.status].format(day=day)

    @property
    def meaning(self) -> str:
        """What it means for the client, and what the partner can do about a refusal."""
        meaning = _MEANINGS[self.status]
        if self.status is PkceStatus.REFUSED and self.overview.is_open:
            return f"{meaning} {_EDIT if self.overview.is_editable else _WITHDRAW}"
        return meaning

    @property
    def note(self) -> str:
        """Why it was refused or revoked; else empty."""
        if self.status is PkceStatus.REVOKED:
            return self.exception.revoked_reason
        return self.exception.note if self.status is PkceStatus.REFUSED else ""


def exception_notices(overview: RegistrationOverview) -> list[ExceptionNotice]:
    """The exceptions that matter today, newest first; one statement."""
    today = timezone.now().date()
    notices = [ExceptionNotice(one, overview, today) for one in overview.registration.pkce_exceptions.all()]
    return [one for one in notices if one.is_current or (one is notices[0] and one.is_missed)]


def pkce_free_until(registration: Registration) -> date | None:
    """The last day on which PKCE is not required; None where it is required today."""
    today = timezone.now().date()
    return next((one.expires_on for one in registration.pkce_exceptions.all() if one.runs_on(today)), None)


class ClientWithException(NamedTuple):
    """Another client of the organisation, and its newest exception."""

    uuid: UUID
    name: str
    status: PkceStatus
    expires_on: date | None


@dataclass(frozen=True)
class ExceptionsBeside:
    """What is known beside the request of a registration: ``own`` are all of its exceptions, newest first.

    ``others`` are the organisation's other clients with an exception, ``has_more`` whether some are left out.
    """

    own: list[PkceException]
    others: list[ClientWithException]
    has_more: bool

    @classmethod
    def of(cls, registration: Registration, *, with_others: bool) -> ExceptionsBeside:
        """Read them, those of other clients only ``with_others``: one statement.

        A request of another client that was withdrawn says nothing.
        """
        which = Q(registration=registration)
        if with_others:
            of_organisation = Q(registration__organisation=registration.organisation_id)
            which |= of_organisation & ~Q(status=PkceStatus.WITHDRAWN)
        is_own = Case(When(registration=registration, then=Value(0)), default=Value(1))
        rows = PkceException.objects.filter(which).annotate(
            client_name=F("revision__client_name"), client=F("registration__uuid")
        )
        rows = rows.select_related("decided_by").order_by(is_own, "-requested_at", "-pk")
        found = list(rows[:_MOST_READ])
        others: dict[int, ClientWithException] = {}
        for one in found:
            if one.registration_id != registration.pk:
                more = vars(one)
                client = (more["client"], more["client_name"], PkceStatus(one.status), one.expires_on)
                others.setdefault(one.registration_id, ClientWithException(*client))
        own: list[PkceException] = [one for one in found if one.registration_id == registration.pk]
        return cls(own, [*others.values()][:_MOST_OTHERS], len(others) > _MOST_OTHERS)

    @property
    def renewals(self) -> int:
        """How often an exception of the client was renewed: a newer one took its place."""
        return sum(one.status == PkceStatus.SUPERSEDED for one in self.own)
