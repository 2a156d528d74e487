"""Verbs of the partner: start, save, discard, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.domain.draft_data import DraftData
from registrations.domain.lifecycle import OPEN_STATUSES, REGISTRATION, RevisionStatus
from registrations.domain.rereview import SubmitOutcome
from registrations.draft_checks import CheckedDraft, check_draft, submit_outcome
from registrations.events import RegistrationEvent
from registrations.models import (
    Draft,
    Logo,
    PkceException,
    RedirectUri,
    Registration,
    RequestedScope,
    Revision,
)
from registrations.rules import redirect_uris
from registrations.rules.metadata import RULES_VERSION, Metadata
from registrations.rules.vocabulary import PkceSupport
from registrations.workflow import applying, preflight
from registrations.workflow.comments import answers_somebody, take_answers
from registrations.workflow.errors import AnnouncedOtherwise, RulesBroken, StaleVersion
from registrations.workflow.locking import lock_for_partner
from registrations.workflow.pkce import withdraw_pending
from registrations.workflow.transitions import decide, move
from registrations.workflow.verbs import one_transaction, verb

_LOCKED = (
    "This registration is under review, so you cannot change it now. Withdraw the submission first, or wait "
    "for the decision."
)
NOTHING_CHANGED = "The draft says what is live already. Change something first, or discard it."
_OTHER_TAB = "This draft was saved elsewhere in the meantime. Reload the page and make your change again."


@dataclass(frozen=True, slots=True)
class Announced:
    """What the page announced before submitting; None for what it did not announce.

    ``outcome`` is review or effect at once; ``live_version`` is the number of the live revision that the
    draft was compared with, 0 where there was none.
    """

    outcome: str | None = None
    live_version: int | None = None

    def check(self, outcome: SubmitOutcome, live: Revision | None) -> None:
        """Raise ``AnnouncedOtherwise`` where submitting would now do something else."""
        if self.live_version is not None and self.live_version != (live.number if live else 0):
            raise AnnouncedOtherwise("Another version went live in the meantime, so this was not submitted.")
        if self.outcome is None or self.outcome == outcome.kind:
            return
        if outcome.applies:
            raise AnnouncedOtherwise("This would now take effect at once, so it was not submitted.")
        raise AnnouncedOtherwise("This now needs a review, so it did not take effect.")


NOTHING_ANNOUNCED = Announced()


@one_transaction()
def start(organisation_uuid: UUID, *, by: User, data: DraftData, logo: Logo | None = None) -> Registration:
    """Create a registration with its first draft. Raises ``NotFound`` and ``NotAllowed``."""
    organisation = Organisation.objects.filter(uuid=organisation_uuid).first()
    role = permissions.role_in(by, organisation.pk) if organisation else None
    if organisation is None or not permissions.can_view(role):
        raise NotFound
    if not permissions.can_edit(role):
        raise NotAllowed("Ask a developer or an admin of your organisation to do this.")
    registration = Registration.objects.create(organisation=organisation, created_by=by)
    _new_draft(registration, by=by, data=data, logo=logo)
    events.record(RegistrationEvent.REGISTRATION_STARTED, by=by, stream=registration.uuid)
    return registration


@verb("draft.save", lock=lock_for_partner, statuses=OPEN_STATUSES, records_refusals=False)
def save(
    registration: Registration, *, by: User, draft_version: int, data: DraftData, logo: Logo | None
) -> int:
    """Save the draft as typed, valid or not, and return its new version.

    ``draft_version`` is the version that the page carried, 0 where there was no draft yet. Raises
    ``Conflict`` while under review and ``StaleVersion`` where somebody saved in between.
    """
    _refuse_under_review(registration)
    if draft_version == 0:
        if Draft.objects.filter(registration=registration).exists():
            raise StaleVersion(_OTHER_TAB)
        return _new_draft(registration, by=by, data=data, logo=logo).version
    seen = Draft.objects.filter(registration=registration, version=draft_version)
    changed = seen.update(
        version=F("version") + 1, data=dict(data), logo=logo, updated_at=timezone.now(), updated_by=by
    )
    if not changed:
        raise StaleVersion(_OTHER_TAB)
    return draft_version + 1


@verb("draft.discard", lock=lock_for_partner, statuses=OPEN_STATUSES, records_refusals=False)
def discard(registration: Registration, *, by: User) -> None:
    """Delete the draft; a registration that was never submitted is closed with it."""
    _refuse_under_review(registration)
    deleted, _ = Draft.objects.filter(registration=registration).delete()
    if not deleted:
        raise Conflict("There is no draft to discard.")
    never_submitted = registration.revision_count == 0
    if never_submitted:
        move(registration, REGISTRATION, "close", closed_at=timezone.now())
    events.record(
        RegistrationEvent.DRAFT_DISCARDED, by=by, stream=registration.uuid, detail={"closed": never_submitted}
    )


@verb("revision.submit", lock=lock_for_partner, statuses=OPEN_STATUSES, records_refusals=False)
def submit(
    registration: Registration,
    *,
    by: User,
    draft_version: int | None = None,
    announced: Announced = NOTHING_ANNOUNCED,
) -> Revision:
    """Submit the draft as the next revision: for review, or in effect at once where no change needs one.

    Raises ``RulesBroken`` with every finding, ``StaleVersion`` where the draft is not the one that was
    checked or the outcome is not the announced one, ``Conflict`` where there is no draft, where it is the
    same as the live revision, or where a revision is under review.
    """
    _refuse_under_review(registration)
    draft = Draft.objects.filter(registration=registration).first()
    if draft is None:
        raise Conflict("There is no draft to submit.")
    if draft_version is not None and draft.version != draft_version:
        raise StaleVersion(_OTHER_TAB)
    accepted = set(registration.overrides.values_list("rule", "value"))
    checked = check_draft(draft, registration, accepted)
    if checked.rejections:
        raise RulesBroken(checked.findings)
    now = timezone.now()
    live = registration.revisions.filter(status=RevisionStatus.APPROVED).first()
    outcome = submit_outcome(
        checked,
        registration,
        live,
        answers=answers_somebody(draft, registration),
        is_excepted=registration.pkce_exceptions.running_on(now.date()).exists(),
    )
    if outcome.is_empty:
        raise Conflict(NOTHING_CHANGED)
    announced.check(outcome, live)
    revision = _revision_of(checked, registration, by=by, now=now)
    Registration.objects.filter(pk=registration.pk).update(revision_count=revision.number)
    if live is not None and outcome.applies:
        moved = applying.make_way(revision)
        granted = {child.scope_id: child.granted for child in live.requested_scopes.all()}
        _insert(revision, checked.record, granted=granted)
        answers = take_answers(draft, revision)
        applying.take_effect(revision, outcome, moved + answers)
    else:
        _insert(revision, checked.record)
        _hand_in(revision, take_answers(draft, revision))
    return revision


def _hand_in(revision: Revision, answers: Sequence[str]) -> None:
    """Send the revision to the reviewers, together with the partner's answers."""
    requested = _request_exception(revision)
    preflight.order(revision)
    events.record(
        RegistrationEvent.REVISION_SUBMITTED,
        by=revision.submitted_by,
        stream=revision.registration.uuid,
        objects=[
            f"revision:{revision.number}",
            *([f"pkce:{requested.uuid}"] if requested else []),
            *answers,
        ],
    )
    queue.enqueue("submitted", revision_id=revision.pk)


@verb("revision.withdraw", lock=lock_for_partner, statuses=OPEN_STATUSES, records_refusals=False)
def withdraw(registration: Registration, *, by: User) -> Revision:
    """Withdraw the revision under review; the draft can be edited again."""
    revision = registration.revisions.filter(status=RevisionStatus.UNDER_REVIEW).first()
    if revision is None:
        raise Conflict("Nothing is under review.")
    now = timezone.now()
    moved = [decide(revision, "withdraw", by=by, now=now), *withdraw_pending(registration, now=now)]
    events.record(RegistrationEvent.REVISION_WITHDRAWN, by=by, stream=registration.uuid, objects=moved)
    return revision


def _new_draft(registration: Registration, *, by: User, data: DraftData, logo: Logo | None) -> Draft:
    """Create a draft whose version starts at the number of verbs so far, so that a page about an
    earlier, deleted draft cannot save over this one."""
    return Draft.objects.create(
        registration=registration,
        version=max(registration.version, 1),
        data=dict(data),
        logo=logo,
        updated_at=timezone.now(),
        updated_by=by,
    )


def _refuse_under_review(registration: Registration) -> None:
    if registration.revisions.filter(status=RevisionStatus.UNDER_REVIEW).exists():
        raise Conflict(_LOCKED)


def _revision_of(checked: CheckedDraft, registration: Registration, *, by: User, now: datetime) -> Revision:
    """The next revision, not stored yet."""
    return Revision.of_record(
        checked.record,
        registration=registration,
        number=registration.revision_count + 1,
        submitted_at=now,
        submitted_by=by,
        rules_version=RULES_VERSION,
        findings=[finding.as_json() for finding in checked.findings],
        review_asked=[request.as_json() for request in checked.still_requested],
    )


def _insert(
    revision: Revision, record: Metadata, *, granted: Mapping[str, bool | None] = MappingProxyType({})
) -> None:
    """Store the revision with its redirect URIs and scopes; ``granted`` holds the decisions that
    scopes have already."""
    reasons = dict(record.scope_reasons)
    revision.save(force_insert=True)
    RedirectUri.objects.bulk_create(
        RedirectUri(revision=revision, position=position, uri=uri, host=redirect_uris.host_of(uri))
        for position, uri in enumerate(record.redirect_uris)
    )
    RequestedScope.objects.bulk_create(
        RequestedScope(
            revision=revision, scope_id=name, reason=reasons.get(name, ""), granted=granted.get(name)
        )
        for name in sorted(record.scope)
    )


def _request_exception(revision: Revision) -> PkceException | None:
    """Request a PKCE exception, unless the draft repeats the one in force unchanged."""
    if revision.pkce_support != PkceSupport.EXCEPTION_REQUESTED:
        return None
    running = PkceException.objects.filter(registration=revision.registration, status="in_force").first()
    today = revision.submitted_at.date()
    asked = (revision.pkce_justification, revision.pkce_controls)
    if running and running.runs_on(today) and (running.justification, running.controls) == asked:
        return None
    return PkceException.objects.create(
        registration=revision.registration,
        revision=revision,
        justification=revision.pkce_justification,
        controls=revision.pkce_controls,
        requested_at=revision.submitted_at,
    )
