"""Records the prepared reasons of a decision that sends back or rejects a revision."""

from __future__ import annotations

from collections.abc import Sequence

from portal.refusals import Conflict
from registrations.models import DecisionReason, GivenReason, Revision


def give_reasons(revision: Revision, move: str, codes: Sequence[str]) -> list[str]:
    """Store the reasons with the revision. Returns their codes without duplicates.

    Raises ``Conflict`` for a code that is not offered for this decision.
    """
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        return []
    offered = DecisionReason.objects.filter(code__in=wanted, is_offered=True)
    fitting = {reason.code for reason in offered if reason.fits(move)}
    if fitting != set(wanted):
        raise Conflict("One of the reasons is not on offer for this decision any more. Choose again.")
    GivenReason.objects.bulk_create(GivenReason(revision=revision, reason_id=code) for code in wanted)
    return wanted
