"""When somebody last proved who they are, for what nobody should do in a session that was left open.

A sign-in, or the password typed again, counts for 15 minutes. A reviewer who decides one registration after
the other is not asked in between: each decision prolongs that, until two hours after the password was typed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from portal.refusals import Refusal

RECENT: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=2)
_PROLONGED_AT: Final = "sign_in_prolonged_at"


class ReauthenticationNeeded(Refusal):
    """The person signed in too long ago for this: 403, or a page that asks for the password."""

    status = 403
    heading = "Please confirm that it is you"


def require_recent_sign_in(signed_in_at: datetime | None) -> None:
    """Raise ``ReauthenticationNeeded`` unless the person proved who they are in the last 15 minutes.

    ``signed_in_at`` is when they did; None where nobody knows.
    """
    if not is_recent(signed_in_at):
        raise ReauthenticationNeeded("You signed in more than 15 minutes ago. Enter your password first.")


def is_recent(signed_in_at: datetime | None) -> bool:
    """Whether that was in the last 15 minutes."""
    return signed_in_at is not None and timezone.now() - signed_in_at <= RECENT


def last_sign_in(request: HttpRequest) -> datetime | None:
    """When the person signed in or typed the password again; None where the session does not say."""
    records = get_authentication_records(request, request.user)
    return max((datetime.fromtimestamp(record["at"], UTC) for record in records), default=None)


def prolonged_sign_in(request: HttpRequest) -> datetime | None:
    """As :func:`last_sign_in`, or the last decision that prolonged it, for at most two hours."""
    signed_in_at = last_sign_in(request)
    if signed_in_at is None:
        return None
    prolonged_at = datetime.fromtimestamp(request.session.get(_PROLONGED_AT, 0), UTC)
    return max(signed_in_at, min(prolonged_at, signed_in_at + LONGEST - RECENT))


def prolong_sign_in(request: HttpRequest) -> None:
    """Let a decision prolong the sign-in. One that no longer counts is not revived."""
    counts_from, now = prolonged_sign_in(request), timezone.now()
    if counts_from is not None and now - counts_from <= RECENT:
        request.session[_PROLONGED_AT] = now.timestamp()
