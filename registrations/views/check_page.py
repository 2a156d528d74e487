"""The page on which a partner checks the answers before submitting them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.decorators import PartnerRequest
from portal.refusals import Conflict
from registrations.domain.differences import is_same
from registrations.domain.rereview import SubmitOutcome
from registrations.draft_checks import CheckedDraft, DraftChecks, standing_data, submit_outcome
from registrations.models import Draft, Registration
from registrations.models.catalogue import Offer
from registrations.queries.answers import AnswerSection, Problem, problems, sections
from registrations.queries.comments import (
    Answered,
    PartnerThread,
    answered,
    answers_of,
    open_threads,
    unanswered,
)
from registrations.queries.overview import RegistrationOverview
from registrations.queries.turnaround import ExpectedWait
from registrations.rules.findings import Finding
from registrations.rules.overrides import OverrideRequest


@dataclass(frozen=True)
class CheckPage:
    """The answers of a draft, what the rules find in them, and what submitting them would do."""

    found: RegistrationOverview
    draft: Draft
    checked: CheckedDraft
    offer: Offer

    @classmethod
    def of(cls, found: RegistrationOverview) -> CheckPage:
        """Check the draft. Raises Conflict if there is none."""
        if found.draft is None:
            raise Conflict("There is no draft to check. This page shows the registration as it is.")
        checks = DraftChecks.of(found.registration, found.rulings)
        checked = checks.check(standing_data(found.draft, found.registration), logo=found.draft.logo)
        if found.live:
            found.read_children()
        return cls(found, found.draft, checked, checks.offer)

    def show(self, request: PartnerRequest, *, status: int = 200) -> HttpResponse:
        context = {"page": self, "error_summary": self.rejects}
        return render(request, "registrations/check.html", context, status=status)

    @property
    def registration(self) -> Registration:
        return self.found.registration

    @cached_property
    def edit_url(self) -> str:
        return reverse("registrations:edit", args=[self.registration.uuid])

    @property
    def wait(self) -> ExpectedWait | None:
        """How long the decision may take; None where nobody decides."""
        if not self.can_submit or self.outcome.applies:
            return None
        live = self.found.live_record if self.found.live else None
        return ExpectedWait.of(self.checked.record, live, self.offer.tiers, now=timezone.now())

    @cached_property
    def findings(self) -> Sequence[Finding]:
        return self.checked.for_partner()

    @cached_property
    def rejects(self) -> Sequence[Problem]:
        """What stops the submission."""
        return problems(self.findings, f"{self.edit_url}?show=all")

    @property
    def sections(self) -> Sequence[AnswerSection]:
        """All answers, with their findings and links to the form."""
        return sections(
            self.checked.record,
            logo=self.draft.logo,
            offer=self.offer,
            findings=self.findings,
            edit_url=self.edit_url,
        )

    @property
    def override_requests(self) -> Sequence[OverrideRequest]:
        return self.checked.open_override_requests

    @cached_property
    def answered(self) -> Sequence[Answered]:
        """The comments that the draft answers."""
        return answered(open_threads(self.registration), answers_of(self.draft.data))

    @property
    def unanswered(self) -> Sequence[PartnerThread]:
        """The comments that wait for an answer."""
        return unanswered(open_threads(self.registration), answers_of(self.draft.data))

    @property
    def unchanged(self) -> str:
        """How the same answers came back before (sent back or rejected); empty if the draft differs."""
        before = self.found.newest
        if before is None or self.answered or not self.found.came_back:
            return ""
        self.found.read_children()
        is_unchanged = is_same(before.metadata(), self.checked.record)
        requested = set(self.checked.still_requested)
        return self.found.came_back if is_unchanged and set(before.override_requests()) == requested else ""

    @property
    def note(self) -> str:
        """The reviewer's note on the newest version if that came back."""
        return self.found.note

    @cached_property
    def outcome(self) -> SubmitOutcome:
        return submit_outcome(
            self.checked,
            self.registration,
            self.found.live,
            answers=bool(self.answered),
            is_excepted=self.found.is_excepted,
        )

    @property
    def can_submit(self) -> bool:
        return not self.rejects and not self.outcome.is_empty

    @property
    def live_version(self) -> int:
        """The number of the live version that the page compares with; 0 without one."""
        return self.found.live.number if self.found.live else 0
