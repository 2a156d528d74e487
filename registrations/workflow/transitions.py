"""The only code that changes a status: look the move up, compare and set, name the object."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.models import User
from portal.refusals import Conflict
from registrations.domain.lifecycle import REVISION, IllegalMove, Life, RevisionStatus, State
from registrations.models import ClientSecret, PkceException, Registration, Revision

Row = Registration | Revision | ClientSecret | PkceException


def move(row: Row, life: Life[State], name: str, /, **columns: object) -> str:
    """Make the move in the table of the life cycle, and set the columns that change with it.

    Compares and sets in one UPDATE. Returns the name of the row in events. Raises ``Conflict`` where the
    move does not start from the row's status, or where the row no longer has that status, and
    ``IllegalMove`` where the table has no such move at all.
    """
    before = life.states(row.status)
    try:
        columns["status"] = life.after(before, name)
    except IllegalMove:
        if not life.sources(name):
            raise  # no such move at all: a slip in the verb
        raise _changed(life)
    if not type(row)._default_manager.filter(pk=row.pk, status=before).update(**columns):
        raise _changed(life)
    for column, value in columns.items():
        setattr(row, column, value)
    return _name_of(row)


def decide(revision: Revision, name: str, *, by: User, now: datetime, **columns: object) -> str:
    """Decide a revision that is under review; this ends the claim on the review."""
    decided = {"decided_at": now, "decided_by": by, "claimed_at": None, "claimed_by": None}
    return move(revision, REVISION, name, **decided, **columns)


def supersede_live(registration: Registration) -> list[str]:
    """Supersede the live revision, before a new one is stored: a conditional unique index cannot wait
    for the commit. Returns the names of the objects that changed."""
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
