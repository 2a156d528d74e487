"""Refusals of the registration verbs; the general ones are in ``portal.refusals``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from portal.refusals import Conflict, Gone, Refusal
from registrations.domain.differences import Change
from registrations.domain.lifecycle import RegistrationStatus, SecretStatus
from registrations.models import Registration
from registrations.rules.findings import Finding, rejections


class StaleVersion(Conflict):
    """The page showed something that is no longer the newest: 409.

    ``difference`` lists what changed since, where both versions are known.
    """

    def __init__(self, reason: str, *, difference: Sequence[Change] = ()) -> None:
        super().__init__(reason)
        self.difference = list(difference)


class AnnouncedOtherwise(StaleVersion):
    """What the page announced (a review, or effect at once) is no longer what submitting does: 409."""


class ClaimedByColleague(Conflict):
    """A colleague has claimed the review, and the reviewer did not say to decide all the same: 409."""


class RulesBroken(Refusal):
    """The rules reject what was submitted: 422, with every finding."""

    status = 422
    heading = "There is a problem"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.message for finding in rejections(findings)))
        self.findings = list(findings)


class ReauthenticationNeeded(Refusal):
    """The person signed in too long ago for this: 403, or a page that asks for the password."""

    status = 403
    heading = "Please confirm that it is you"


WHY_GONE: Final[Mapping[SecretStatus, str]] = {
    SecretStatus.ACTIVE: "This secret was already revealed, and it is shown only once.",
    SecretStatus.RETIRING: "This secret was already revealed, and it is shown only once.",
    SecretStatus.EXPIRED: "This secret was already revealed, and it is shown only once.",
    SecretStatus.LAPSED: "Nobody revealed this secret in time, so it was destroyed.",
    SecretStatus.REVOKED: "This secret was revoked.",
}
"""Why a secret can no longer be revealed, by its status."""


class SecretGone(Gone):
    """The secret was revealed, has lapsed or was revoked: 410, with the way to a new one."""

    def __init__(self, status: SecretStatus, registration: Registration) -> None:
        is_closed = registration.status == RegistrationStatus.CLOSED
        go_on = "The client is closed." if is_closed else "If you do not have it, issue a new one."
        credentials = f"/registrations/{registration.uuid}/credentials/"
        super().__init__(f"{WHY_GONE[status]} {go_on}", way_out=(credentials, "Go to the credentials"))
