"""How a verb of this room says no; the rest is in ``portal.refusals``."""

from __future__ import annotations

from collections.abc import Sequence

from portal.refusals import Conflict, Refusal
from registrations.rules.differences import Change
from registrations.rules.findings import Finding, rejections


class StaleVersion(Conflict):
    """The page showed something that is no longer the newest: 409.

    ``difference`` is what changed since, where both versions are known.
    """

    def __init__(self, reason: str, *, difference: Sequence[Change] = ()) -> None:
        super().__init__(reason)
        self.difference = list(difference)


class AnnouncedOtherwise(StaleVersion):
    """The page said that a change waits for a review, or that it takes effect at once, and by now
    the other is true: 409."""


class RulesBroken(Refusal):
    """The rules reject what was handed in: 422, with every finding."""

    status = 422
    heading = "There is a problem"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.message for finding in rejections(findings)))
        self.findings = list(findings)


class ReauthenticationNeeded(Refusal):
    """The person signed in too long ago for this: 403, or the page that asks for the password."""

    status = 403
    heading = "Please confirm that it is you"
