"""Refusals of the registration verbs; the general ones are in ``portal.refusals``."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

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


class SecretGone(Gone):
    """The secret was revealed, has lapsed or was revoked: 410. The page says which, and what to do."""

    template = "registrations/secret_gone.html"

    def __init__(self, secret_status: SecretStatus, registration: Registration) -> None:
        super().__init__("This secret cannot be revealed.", way_out=to_credentials(registration.uuid))
        self.secret_status = secret_status
        self.client_is_closed = registration.status == RegistrationStatus.CLOSED


def to_credentials(uuid: UUID) -> tuple[str, str]:
    """URL and label of the link that leads from a refusal to the credentials of a registration."""
    return reverse("registrations:credentials", args=[uuid]), "Go to the credentials"
