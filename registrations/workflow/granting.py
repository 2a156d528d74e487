"""Which scopes an approval grants: part of ``review.approve``."""

from __future__ import annotations

from collections.abc import Collection

from portal.refusals import Conflict
from registrations.models import Revision


def grant(revision: Revision, granted: Collection[str] | None) -> dict[str, list[str]]:
    """Answer each scope of the revision: None grants all that was asked for.

    Answers what was granted and what was refused, as the event keeps it. Raises ``Conflict`` where
    nothing would be granted, or something that was not asked for.
    """
    asked = set(revision.scopes())
    chosen = asked if granted is None else set(granted)
    if not chosen <= asked:
        raise Conflict("The revision asks for no such scope. Load the page again and choose anew.")
    if not chosen:
        raise Conflict("Grant at least one scope, or request changes or reject it.")
    revision.requested_scopes.filter(scope_id__in=chosen).update(granted=True)
    revision.requested_scopes.filter(scope_id__in=asked - chosen).update(granted=False)
    return {"granted": sorted(chosen), "refused": sorted(asked - chosen)}
