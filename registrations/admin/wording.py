"""What states and events are called on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.timesince import timesince

from registrations.domain.lifecycle import DecidedHow, desk_status
from registrations.domain.lifecycle import PkceStatus as P
from registrations.domain.lifecycle import RevisionStatus as V
from registrations.models import Preflight, Registration, Revision
from registrations.preflight.targets import CALLBACKS
from registrations.preflight.verdicts import Verdict
from registrations.queries.secrets import has_working_secret

REVISION_WORDS: Final[Mapping[str, str]] = {
    V.UNDER_REVIEW: "Under review",
    V.APPROVED: "Approved",
    V.SUPERSEDED: "Superseded",
    V.SENT_BACK: "Changes requested",
    V.REJECTED: "Rejected",
    V.WITHDRAWN: "Withdrawn",
}
DECIDED_WORDS: Final[Mapping[str, str]] = {
    V.APPROVED: "approved",
    V.SUPERSEDED: "approved",
    V.SENT_BACK: "sent back with a request for changes",
    V.REJECTED: "rejected",
    V.WITHDRAWN: "withdrawn",
}
PKCE_WORDS: Final[Mapping[str, str]] = {
    P.REQUESTED: "Exception requested",
    P.GRANTED: "Exception granted",
    P.REFUSED: "Exception refused",
    P.WITHDRAWN: "Request withdrawn",
    P.IN_FORCE: "Exception in force",
    P.LAPSED: "Exception lapsed",
    P.REVOKED: "Exception revoked",
    P.ENDED: "Exception ended",
    P.SUPERSEDED: "Exception superseded",
}
SHORT_STATES: Final[Mapping[str, str]] = {
    "live_under_review": "Live, in review",
    "no_secret": "Live, no secret",
    "no_secret_under_review": "Live, in review, no secret",
}
"""Shorter labels, for states whose own would fill the narrow column of the queue."""
CONTACT_WORDS: Final[Mapping[str, str]] = {
    "confirmed": "Confirmed",
    "unconfirmed": "Not confirmed",
    "refused": "Answered “not me”",
    "waiting": "Not confirmed: the link waits for another day",
    "unasked": "Not confirmed: no link was sent",
}
"""Where the confirmation of a contact stands, by ``NamedContact.key``."""
_PREFLIGHT_WORDS: Final[Mapping[str, str]] = {
    Verdict.ANSWERS: "Answers",
    Verdict.FAULT: "Answers with an error, a redirect or a certificate that browsers refuse",
    Verdict.SILENT: "Does not answer",
    Verdict.NOT_PUBLIC: "Leads to an address that is not public",
}


def status_words(revision: Revision) -> str:
    """The status of a revision in words; nobody approved one that was adopted."""
    if revision.is_adopted and revision.status == V.APPROVED:
        return "Adopted"
    return REVISION_WORDS[revision.status]


def decided_words(revision: Revision) -> str:
    """How it was decided, to stand before "by" and a name; empty while it is under review."""
    if revision.decided_how == DecidedHow.RULES:
        return "put into effect without a review"
    if revision.is_adopted:
        return "adopted"
    return DECIDED_WORDS.get(revision.status, "")


def state_of(registration: Registration, newest: V) -> tuple[str, str]:
    """Key and label of the state of a registration that ``with_working_secret`` read."""
    return desk_status(registration.stage, newest, has_secret=has_working_secret(registration))


def preflight_words(found: Preflight) -> str:
    """The verdict in words; a redirect URI is never requested, so only its host has answered."""
    if found.field == CALLBACKS and found.verdict == Verdict.ANSWERS:
        return "Host answers"
    return _PREFLIGHT_WORDS[found.verdict]


def pkce_words(status: str, expires_on: date | None, today: date) -> str:
    """The status of an exception in words, whether or not a lapse is recorded yet."""
    has_ended = status == P.IN_FORCE and expires_on is not None and expires_on < today
    return PKCE_WORDS[P.LAPSED if has_ended else status]


def age(moment: datetime) -> str:
    """How long ago it was, in the largest unit."""
    now = timezone.now()
    return "just now" if now - moment < timedelta(minutes=1) else f"{timesince(moment, now, depth=1)} ago"
