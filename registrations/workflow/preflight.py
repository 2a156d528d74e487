"""Pre-flight checks of revisions under review (rule G-09): queued by submit, done by the worker.

A verdict is not a decision: it changes no status, delays nothing and leaves no event; it is a dated note
on a page, and a mark that the worker books next. So a check claims only its own row and does not lock the
registration.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from portal.outbox.worker import Stopped, never, until
from registrations.models import Preflight, ReviewMarks, Revision
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
    """Check some of the addresses that are due, and return how many: a job of the worker.

    A check claims its row by compare and set; the number of the attempt identifies a worker's own claim.
    No transaction is open during the network request.
    """
    if not settings.PORTAL_PREFLIGHT:
        return 0
    done = 0
    for row in until(stopped, list(Preflight.objects.due(timezone.now()).order_by("pk")[:A_ROUND])):
        now = timezone.now()
        unclaimed = Preflight.objects.due(now).filter(pk=row.pk, attempts=row.attempts)
        is_claimed = unclaimed.update(attempts=F("attempts") + 1, claimed_until=now + LEASE)
        target = target_of(row.field, row.uri)
        if is_claimed and target:
            verdict = check(target, internet or Internet())
            own = Preflight.objects.filter(pk=row.pk, verdict="", attempts=row.attempts + 1)
            done += own.update(verdict=verdict, checked_at=timezone.now(), claimed_until=None)
            ReviewMarks.objects.filter(revision=row.revision_id).look_again(timezone.now())
    return done
