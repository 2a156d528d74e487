"""The one way to change a status: look the move up, compare and set, name what moved."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.refusals import Conflict
from registrations.models import ClientSecret, PkceException, Registration, Revision
from registrations.rules.lifecycle import REVISION, IllegalMove, Life, RevisionStatus, State

Row = Registration | Revision | ClientSecret | PkceException


def move(row: Row, life: Life[State], name: str, /, **columns: object) -> str:
    """Move the row as the table of its life cycle says, and set the columns that change with it.

    Compares and sets in one UPDATE. Answers what events call the row. Raises ``Conflict`` where the
    table has no such move, or where the row has left the status in which it was read.
    """
    before = life.states(row.status)
    try:
        columns["status"] = life.after(before, name)
    except IllegalMove:
        raise _changed(life)
    if not type(row)._default_manager.filter(pk=row.pk, status=before).update(**columns):
        raise _changed(life)
    for column, value in columns.items():
        setattr(row, column, value)
    return _name_of(row)


def decide(revision: Revision, name: str, *, by: User, now: datetime, **columns: object) -> str:
    """Move a revision that is under review; whoever claimed the review has it no longer."""
    decided = {"decided_at": now, "decided_by": by, "claimed_at": None, "claimed_by": None}
    return move(revision, REVISION, name, **decided, **columns)


def supersede_live(registration: Registration) -> list[str]:
    """Make way for a new live revision, before it is stored: a conditional unique index cannot
    wait for the commit. Answers the names of what moved."""
    live = registration.revisions.filter(status=RevisionStatus.APPROVED).first()
    return [] if live is None else [move(live, REVISION, "supersede")]


def _changed(life: Life[State]) -> Conflict:
    return Conflict(f"The {life.name} changed in the meantime.")


def _name_of(row: Row) -> str:
    match row:
        case Revision():
            return f"revision:{row.number}"
        case ClientSecret():
            return f"secret:{row.uuid}"
        case PkceException():
            return f"pkce:{row.uuid}"
        case Registration():
            return f"registration:{row.uuid}"
