"""Which scopes an approval grants: part of ``review.approve``."""

from __future__ import annotations

from collections.abc import Collection

from portal.refusals import Conflict
from registrations.models import Revision


def grant(revision: Revision, granted: Collection[str] | None) -> dict[str, list[str]]:
    """Grant or refuse each scope of the revision; None grants all that it asks for.

    Returns the granted and refused names for the event. Raises ``Conflict`` where nothing would be
    granted, or a scope that the revision does not ask for.
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
