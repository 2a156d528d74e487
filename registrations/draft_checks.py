"""Checks of a draft against the rules, and what submitting it would do.

Used by the form, the live check, the import, the page of answers and submit alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from portal.accounts.models import User
from registrations.domain.draft_data import (
    DraftData,
    metadata_of,
    override_requests_of,
    without_exception,
)
from registrations.domain.lifecycle import REGISTRATION
from registrations.domain.rereview import Outcome, SubmitOutcome
from registrations.domain.rulings import NO_RULINGS, Rulings
from registrations.models import Draft, Logo, Registration, RequestedScope, Revision
from registrations.models.catalogue import Offer, offered
from registrations.models.revision import rule_context
from registrations.rules import overrides
from registrations.rules.findings import Finding, rejections
from registrations.rules.metadata import RULES_VERSION, Metadata, value_of
from registrations.rules.overrides import OVERRIDABLE, Accepted, OverrideRequest
from registrations.rules.vocabulary import PkceSupport


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A draft as a record, with everything that the rules find in it.

    ``rejections`` are the findings that stop a submission. ``still_requested`` are the partner's override
    requests (rule G-06) about a value that the rules still reject; ``accepted`` is what reviewers accepted
    before for its environment, and ``open_override_requests`` are those that no reviewer has answered.
    """

    record: Metadata
    findings: Sequence[Finding]
    rejections: Sequence[Finding]
    still_requested: Sequence[OverrideRequest]
    open_override_requests: Sequence[OverrideRequest]
    accepted: Accepted

    @classmethod
    def of(
        cls,
        record: Metadata,
        findings: Sequence[Finding],
        *,
        requested: Sequence[OverrideRequest],
        accepted: Accepted,
    ) -> CheckedDraft:
        still_requested = overrides.still_requested(findings, record, requested)
        unanswered = [request for request in still_requested if request.pair not in accepted]
        return cls(record, findings, rejections(findings), still_requested, unanswered, accepted)

    def for_partner(self) -> list[Finding]:
        """All findings as the partner reads them: they say where an override was requested or accepted."""
        findings = []
        for finding in self.findings:
            if not finding.rejects and finding.rule in OVERRIDABLE:
                pair = (finding.rule, overrides.overridable_value(finding, self.record))
                words = "Pleo accepted this." if pair in self.accepted else "You ask Pleo to accept this."
                finding = replace(finding, message=f"{words} The rule says: {finding.message}")
            findings.append(finding)
        return findings

    def beside_answers(self) -> list[Finding]:
        """The partner's findings about fields that are filled in.

        Nobody is corrected on a field that they have not reached yet.
        """
        return [found for found in self.for_partner() if value_of(self.record, found.field)]

    def next_revision(self, registration: Registration, *, by: User, now: datetime) -> Revision:
        """The next revision of the registration, not stored yet."""
        return Revision.of_record(
            self.record,
            registration=registration,
            number=registration.revision_count + 1,
            submitted_at=now,
            submitted_by=by,
            rules_version=RULES_VERSION,
            findings=[finding.as_json() for finding in self.findings],
            review_asked=[request.as_json() for request in self.still_requested],
        )


@dataclass(frozen=True, slots=True)
class DraftChecks:
    """What a draft is checked against.

    ``organisation_id`` is the client's organisation, None while none is chosen. It comes from the person's
    memberships, never from the request: otherwise the check for similar names would reveal which
    organisation uses a name. ``rulings`` are what staff decided on this registration before, and
    ``environment`` is the one that it is fixed to.
    """

    offer: Offer
    organisation_id: int | None
    rulings: Rulings = NO_RULINGS
    environment: str = ""

    @classmethod
    def for_new(cls, organisation_id: int | None) -> DraftChecks:
        """The checks for a new registration: one statement."""
        return cls(offered(), organisation_id)

    @classmethod
    def of(cls, registration: Registration, rulings: Rulings) -> DraftChecks:
        """The checks for an existing registration: one statement."""
        return cls(offered(), registration.organisation_id, rulings, registration.environment or "")

    def check(self, data: DraftData, *, logo: Logo | None = None) -> CheckedDraft:
        """Check the draft data against the rules: one statement, none while the client has no name."""
        record = self._with_old_justification(metadata_of(data, logo_digest=logo.digest if logo else None))
        context = rule_context(
            self.offer,
            record.client_name,
            self.organisation_id,
            logo=logo,
            environment=self.environment,
            rulings=self.rulings,
        )
        requested, accepted = override_requests_of(data), self.rulings.accepted_in(record.environment)
        found = overrides.check(record, context, requested=requested, accepted=accepted)
        return CheckedDraft.of(record, found, requested=requested, accepted=accepted)

    def _with_old_justification(self, record: Metadata) -> Metadata:
        """The record with the words of the exception in force, where their renewal is requested in none."""
        running = self.rulings.exception
        if running is None or not record.pkce_renewal or record.pkce_justification or record.pkce_controls:
            return record
        return replace(record, pkce_justification=running.justification, pkce_controls=running.controls)

    def to_keep(self, data: DraftData) -> DraftData:
        """The draft data to store, without override requests whose value the rules no longer reject."""
        if not override_requests_of(data):
            return data
        kept = [request.as_json() for request in self.check(data).still_requested]
        rest = {name: value for name, value in data.items() if name != "review_asked"}
        return rest | {"review_asked": kept} if kept else rest


def rulings_of(registration: Registration, *, today: date) -> Rulings:
    """What staff decided on the registration before: three statements, while an exception runs two more, and
    three where another version than its own is live."""
    refused = RequestedScope.objects.refused_in(registration)
    running = registration.pkce_exceptions.running_on(today).with_covered().first()
    live = registration.revisions.live().first() if running else None
    return Rulings(
        accepted=set(registration.overrides.values_list("revision__environment", "rule", "value")),
        refused={name: child.refusal for name, child in refused.items()},
        exception=running.covered_beside(live) if running else None,
    )


def standing_data(draft: Draft, registration: Registration) -> DraftData:
    """The data of the draft, without an exception that it only left as it was and that has ended since it was
    saved: what requested nothing then requests nothing now.

    One statement where the draft requests an exception.
    """
    record = draft.metadata()
    asks_anew = record.pkce_renewal or record.pkce_wished_end
    if record.pkce_support != PkceSupport.EXCEPTION_REQUESTED or asks_anew:
        return draft.data
    last = registration.pkce_exceptions.exclude(in_force_since=None).order_by("-in_force_since").first()
    if last is None or last.ended_at is None or not draft.updated_at < last.ended_at <= timezone.now():
        return draft.data
    words = (record.pkce_justification, record.pkce_controls)
    return without_exception(draft.data) if words == (last.justification, last.controls) else draft.data


def check_draft(draft: Draft, registration: Registration, rulings: Rulings) -> CheckedDraft:
    """Check the stored draft of a registration against the rules."""
    data = standing_data(draft, registration)
    return DraftChecks.of(registration, rulings).check(data, logo=draft.logo)


def submit_outcome(
    checked: CheckedDraft,
    registration: Registration,
    live: Revision | None,
    *,
    answers: bool,
    is_excepted: bool,
) -> SubmitOutcome:
    """Whether the draft goes to the reviewers or takes effect at once, and why.

    ``answers`` is whether it answers a reviewer's comment, ``is_excepted`` whether a PKCE exception runs
    today.
    """
    if live is None:
        return SubmitOutcome.of(None, checked.record)
    return SubmitOutcome.of(
        live.metadata(),
        checked.record,
        is_excepted=is_excepted,
        asks=bool(checked.open_override_requests),
        answers=answers,
        renews=is_excepted and checked.record.pkce_renewal,
        is_suspended=registration.stage not in REGISTRATION.sources(Outcome.APPLY),
    )
