"""PKCE support and the request for an exception: rules P-01, P-03 to P-05, P-08 and P-09.

A function per rule, named as the rule's code.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from registrations.rules import redirect_uris as callbacks
from registrations.rules.findings import Finding, Severity, quote, rejections
from registrations.rules.free_text import written
from registrations.rules.redirect_uris import hosts
from registrations.rules.vocabulary import MIN_JUSTIFICATION_LENGTH, PkceSupport

SUPPORT_FIELD: Final = "pkce_support"
JUSTIFICATION_FIELD: Final = "pkce_justification"
WISHED_END_FIELD: Final = "pkce_wished_end"
MOST_MONTHS: Final = 12
"""The longest exception (rule P-04)."""
REMINDER_DAYS: Final = (30, 7)
"""Days before an exception's last day on which the partner is reminded."""
_MOST_NAMED: Final = 3
"""How many added values a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningException:
    """An exception in force: its request, and the redirect URIs and scopes that its approver saw.

    It covers those alone (P-08). A value that was removed in the meantime stays covered.
    """

    justification: str
    controls: str
    redirect_uris: frozenset[str]
    scopes: frozenset[str]

    def is_repeated_by(self, justification: str, controls: str, wished_end: str) -> bool:
        """Whether a request in these words says nothing new; with an end that is wished for, it does."""
        return not wished_end and (justification, controls) == (self.justification, self.controls)

    def uncovered(self, redirect_uris: Iterable[str], scopes: Iterable[str]) -> list[str]:
        """The values that its approver did not see."""
        uris = [uri for uri in redirect_uris if uri not in self.redirect_uris]
        return uris + [name for name in scopes if name not in self.scopes]


def check(support: str, justification: str, *, redirect_uris: Sequence[str]) -> list[Finding]:
    """Findings about the choice, and about a request for an exception and its reason."""
    if support == PkceSupport.SUPPORTED:
        return []
    if support != PkceSupport.EXCEPTION_REQUESTED:
        message = "Choose whether your client supports PKCE."
        return [Finding("P-01", Severity.REJECT, SUPPORT_FIELD, message)]
    found = (reason(justification), needs_pkce(redirect_uris))
    return [finding for finding in found if finding]


def renewal(added: Sequence[str]) -> Finding | None:
    """P-08: left as it is, an exception does not cover what is added.

    ``added`` are the values that the running exception does not cover.
    """
    if not added:
        return None
    named = ", ".join(quote(value) for value in added[:_MOST_NAMED])
    more = f" and {len(added) - _MOST_NAMED} more" if len(added) > _MOST_NAMED else ""
    message = (
        f"The PKCE exception does not cover what you add: {named}{more}. Request a renewal, write a new "
        "justification, or choose “Supported”."
    )
    return Finding("P-08", Severity.REJECT, SUPPORT_FIELD, message)


def end_after(months: int, *, today: date) -> date:
    """The same day of the month that many months later, or the last day of that month."""
    years, month = divmod(today.month - 1 + months, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def end_problem(day: date, *, today: date) -> str:
    """P-04: why no exception can end on that day; empty where one can."""
    if today < day <= end_after(MOST_MONTHS, today=today):
        return ""
    return "Choose an end date after today and at most twelve months away."


def wished_end(text: str, *, today: date | None) -> Finding | None:
    """P-09: an end of the exception that is no day, or on which none can end.

    ``today`` is None where only the spelling counts.
    """
    if not text:
        return None
    day = day_of(text)
    if day is None:
        message = "Write the day as year, month and day, for example 2027-03-31."
        return Finding("P-09", Severity.REJECT, WISHED_END_FIELD, message, excerpt=text)
    problem = end_problem(day, today=today) if today else ""
    return Finding("P-09", Severity.REJECT, WISHED_END_FIELD, problem, excerpt=text) if problem else None


def day_of(text: str) -> date | None:
    """The day in the form that date fields use, ``2027-03-31``; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def next_reminder(expires_on: date, *, after: date) -> date | None:
    """The first day after ``after`` on which to remind the partner, or ``None`` if none is left."""
    days = (expires_on - timedelta(days=before) for before in REMINDER_DAYS)
    return next((day for day in days if day > after), None)


def reason(justification: str) -> Finding | None:
    """P-03: no technical reason, or hardly any."""
    if len(" ".join(written(justification).split())) >= MIN_JUSTIFICATION_LENGTH:
        return None
    message = (
        f"Give the technical reason in at least {MIN_JUSTIFICATION_LENGTH} characters: "
        "staff decide on each exception by it."
    )
    return Finding("P-03", Severity.REJECT, JUSTIFICATION_FIELD, message)


def needs_pkce(redirect_uris: Sequence[str]) -> Finding | None:
    """P-05: a local or public client, which needs PKCE most (RFC 8252 section 8.1)."""
    valid = [uri for uri in redirect_uris if not rejections(callbacks.check(uri))]
    named = [(hosts.read(callbacks.host_of(uri)), callbacks.split(uri)) for uri in valid]
    if named and all(host.is_loopback for host, _ in named):
        message = "A client with local redirect URIs only must use PKCE. Choose “Supported”."
        return Finding("P-05", Severity.REJECT, SUPPORT_FIELD, message)
    public = next((host.text for host, uri in named if hosts.public_client(host, uri)), None)
    if public is None:
        return None
    message = f"A client at {public} must use PKCE. Choose “Supported”."
    return Finding("P-05", Severity.REJECT, SUPPORT_FIELD, message, excerpt=public)
