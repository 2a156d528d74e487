"""The only code that changes a status: look the move up, compare and set, name the object."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.refusals import Conflict
from registrations.domain.lifecycle import REVISION, Life, State
from registrations.models import (
    ClientSecret,
    ContactConfirmation,
    PkceException,
    Registration,
    Revision,
    Snooze,
)

Row = Registration | Revision | ClientSecret | PkceException | ContactConfirmation


def move(row: Row, life: Life[State], name: str, /, **columns: object) -> str:
    """Make the move in the table of the life cycle, and set the columns that change with it.

    Compares and sets in one UPDATE. Returns the name of the row in events. Raises ``Conflict`` where the
    move does not start from the row's status, or where the row no longer has that status, and
    ``IllegalMove`` where the table has no such move at all.
    """
    too_late = Conflict(f"The {life.name} changed in the meantime.")
    before, sources = life.states(row.status), life.sources(name)
    if sources and before not in sources:
        raise too_late
    columns["status"] = life.after(before, name)
    if not type(row)._default_manager.filter(pk=row.pk, status=before).update(**columns):
        raise too_late
    for column, value in columns.items():
        setattr(row, column, value)
    return row.audit_name


def decide(revision: Revision, name: str, *, by: User, now: datetime, **columns: object) -> str:
    """Decide a revision that is under review; this ends the claim on the review, and every snooze of it."""
    Snooze.objects.filter(revision=revision).delete()
    decided = {"decided_at": now, "decided_by": by, "claimed_at": None, "claimed_by": None}
    return move(revision, REVISION, name, **decided, **columns)


def supersede_live(registration: Registration) -> list[str]:
    """Supersede the live revision, before a new one is stored: a conditional unique index cannot wait
    for the commit. Returns the names of the objects that changed."""
    return [move(live, REVISION, "supersede") for live in registration.revisions.live()]
