"""What every way to a new live revision has in common."""

from __future__ import annotations

from registrations.models import Registration
from registrations.rules.lifecycle import REVISION, RevisionStatus


def supersede_live(registration: Registration) -> list[str]:
    """Before the new one is approved: conditional uniques cannot wait for the commit.

    Answers the names of what moved.
    """
    live = registration.revisions.filter(status=RevisionStatus.APPROVED).first()
    if live is None:
        return []
    live.status = REVISION.after(live.stage, "supersede")
    live.save(update_fields=["status"])
    return [f"revision:{live.number}"]
