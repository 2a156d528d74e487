"""Pre-flight checks of revisions under review (rule G-09): queued by submit, done by the worker.

A verdict is not a decision: it changes no status, delays nothing and leaves no event; it is a dated note
on a page. So a check claims only its own row and does not lock the registration.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.outbox.worker import Stopped, never, until
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Preflight, Revision
from registrations.models.preflight import MAX_ATTEMPTS
from registrations.preflight.network import Internet, check
from registrations.preflight.targets import plan, target_of

LEASE: Final = timedelta(minutes=1)
"""How long a worker's claim on a check lasts: much longer than one check takes."""
A_ROUND: Final = 4
"""Checks in one round of the worker, so that emails wait for twenty seconds at most."""


def order(revision: Revision) -> None:
    """Queue the checks of a revision, in submit's transaction; does nothing where they are switched off."""
    if settings.PORTAL_PREFLIGHT:
        Preflight.objects.bulk_create(
            Preflight(revision=revision, field=address.field, uri=address.uri)
            for address in plan(revision.metadata())
        )


def check_due(stopped: Stopped = never, *, internet: Internet | None = None) -> int:
    """Check some of the addresses that are due, and return how many: a job of the worker."""
    if not settings.PORTAL_PREFLIGHT:
        return 0
    rows = list(_free().order_by("pk")[:A_ROUND])
    return sum(_check(row, internet or Internet()) for row in until(stopped, rows))


def _free() -> QuerySet[Preflight]:
    """The checks that no worker has claimed, of revisions that are still under review.

    Without a join: an UPDATE with one becomes a subquery on the same table, which PostgreSQL does not
    read again after it has waited for another worker's UPDATE.
    """
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())
    waiting = Preflight.objects.filter(verdict="", attempts__lt=MAX_ATTEMPTS)
    undecided = Revision.objects.filter(status=RevisionStatus.UNDER_REVIEW).order_by().values("pk")
    return waiting.filter(unclaimed, revision__in=undecided)


def _check(row: Preflight, internet: Internet) -> int:
    """Check one address; no transaction is open during the network request."""
    if not _claim(row):
        return 0
    target = target_of(row.field, row.uri)
    return _settle(row, verdict=check(target, internet)) if target else 0


def _claim(row: Preflight) -> bool:
    """Claim the row by compare and set; the number of the attempt identifies a worker's own claim."""
    same = _free().filter(pk=row.pk, attempts=row.attempts)
    return bool(same.update(attempts=F("attempts") + 1, claimed_until=timezone.now() + LEASE))


def _settle(row: Preflight, *, verdict: str) -> int:
    mine = Preflight.objects.filter(pk=row.pk, verdict="", attempts=row.attempts + 1)
    return mine.update(verdict=verdict, checked_at=timezone.now(), claimed_until=None)
