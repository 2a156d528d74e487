"""Verbs of the partner about the draft and what they submit: start, save, discard, submit, withdraw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict, NotFound
from registrations import permissions
from registrations.domain.draft_data import DraftData, says_the_same
from registrations.domain.lifecycle import OPEN_STATUSES, REGISTRATION, REVISION, DecidedHow
from registrations.domain.rereview import SubmitOutcome
from registrations.draft_checks import check_draft, rulings_of, submit_outcome
from registrations.events import RegistrationEvent
from registrations.models import Draft, Logo, Registration, Revision
from registrations.workflow import contacts, feed, pkce, preflight
from registrations.workflow.comments import answers_somebody, take_answers
from registrations.workflow.locking import lock_for_partner, require_role
from registrations.workflow.marks import book_marks
from registrations.workflow.refusals import AnnouncedOtherwise, RulesBroken, StaleVersion
from registrations.workflow.transitions import decide, move
from registrations.workflow.verbs import one_transaction, verb

UNDER_REVIEW = (
    "This registration is under review, so you cannot change it now. Withdraw the submission first, or wait "
    "for the decision."
)
_FIRST_VERSION = 1
"""The version of the draft with which a registration starts."""
NOTHING_CHANGED = "The draft is the same as the live version. Change something first, or discard it."
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
def start(
    organisation_uuid: UUID,
    *,
    by: User,
    data: DraftData,
    logo: Logo | None = None,
    key: UUID | None = None,
    automatic: bool = False,
    imported: bool = False,
) -> Registration:
    """Create a registration with its first draft, or answer with the one that this page started before.

    ``key`` was made with the page. It counts for this person and organisation alone, so the same key of
    somebody else starts another registration. ``automatic`` is whether the page saved by itself: that has
    no logo, and never replaces what the page saved before. ``imported`` is whether ``data`` came in a
    document: another one on the same page is another client. Raises ``NotFound`` and ``NotAllowed``, and
    what :func:`_start_again` raises.
    """
    document = data if imported else None
    own_key = start_key(key, organisation_uuid, by=by, document=document) if key else None
    try:
        with transaction.atomic():
            organisation = _lock_home(organisation_uuid, by=by)
            registration = Registration.objects.create(
                organisation=organisation, created_by=by, start_key=own_key
            )
    except IntegrityError:
        before = Registration.objects.filter(start_key=own_key).first() if own_key else None
        if before is None:  # it was refused for something else
            raise
        return _start_again(before.uuid, by=by, data=data, logo=logo, automatic=automatic)
    _new_draft(registration, by=by, data=data, logo=logo)
    events.record(RegistrationEvent.REGISTRATION_STARTED, by=by, stream=registration.uuid)
    return registration


def _lock_home(organisation_uuid: UUID, *, by: User) -> Organisation:
    """Lock the organisation, whose closing waits for the draft or stops it, for a member who may edit.

    Where a page has started a registration before, the lock goes with the savepoint: :func:`_start_again`
    locks that registration, and verbs that lock both take the organisation last.
    """
    rows = Organisation.objects.select_for_update(of=("self",), no_key=True)
    organisation = rows.filter(uuid=organisation_uuid).first()
    if organisation is None:
        raise NotFound
    require_role(by, organisation.pk, permissions.can_edit)
    return organisation


def start_key(key: UUID, organisation_uuid: UUID, *, by: User, document: DraftData | None = None) -> UUID:
    """The key of a page, or of a document that was imported there, as it is stored.

    Nobody else can name it.
    """
    of_page = uuid5(by.pseudonym, f"{organisation_uuid} {key}")
    return of_page if document is None else uuid5(of_page, json.dumps(dict(document), sort_keys=True))


def _start_again(
    uuid: UUID, *, by: User, data: DraftData, logo: Logo | None, automatic: bool
) -> Registration:
    """Keep what the second post of a page says, as part of :func:`start`: people press twice, or type on.

    Raises ``StaleVersion`` where it says something else than the draft, and the draft was changed since by
    another page or submitted, and ``Conflict`` where the registration is closed. An automatic save may
    arrive after the press that came later, so one that says something else is always stale.
    """
    registration = lock_for_partner(uuid, by=by, statuses=OPEN_STATUSES)
    draft = Draft.objects.filter(registration=registration).first()
    if draft and says_the_same(draft.data, data) and (automatic or draft.logo_id == _digest(logo)):
        return registration
    if registration.revision_count:
        raise StaleVersion("This was submitted in the meantime.")
    if automatic:
        raise StaleVersion(_OTHER_TAB)
    _save_over(registration, by=by, draft_version=_FIRST_VERSION, data=data, logo=logo)
    return registration


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES)
def save(
    registration: Registration, *, by: User, draft_version: int, data: DraftData, logo: Logo | None
) -> int:
    """Save the draft as typed, valid or not, and return its new version.

    ``draft_version`` is the version that the page carried, 0 where there was no draft yet. Raises
    ``Conflict`` while under review and ``StaleVersion`` where somebody saved something else in between.
    """
    _refuse_under_review(registration)
    if draft_version == 0 and not Draft.objects.filter(registration=registration).exists():
        return _new_draft(registration, by=by, data=data, logo=logo).version
    return _save_over(registration, by=by, draft_version=draft_version, data=data, logo=logo)


def _save_over(
    registration: Registration, *, by: User, draft_version: int, data: DraftData, logo: Logo | None
) -> int:
    """Replace this version of the draft, and return the new one.

    Where it is not the newest, raises ``StaleVersion``, unless the newest says the same: a page whose answer
    got lost sends its text again.
    """
    seen = Draft.objects.filter(registration=registration, version=draft_version)
    changed = seen.update(
        version=F("version") + 1, data=dict(data), logo=logo, updated_at=timezone.now(), updated_by=by
    )
    if changed:
        return draft_version + 1
    newest = Draft.objects.filter(registration=registration).first()
    if newest and says_the_same(newest.data, data) and newest.logo_id == _digest(logo):
        return newest.version
    raise StaleVersion(_OTHER_TAB)


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES)
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


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES, last=book_marks)
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
    if draft_version not in (None, draft.version):
        raise StaleVersion(_OTHER_TAB)
    now = timezone.now()
    rulings = rulings_of(registration, today=now.date())
    checked = check_draft(draft, registration, rulings)
    if checked.rejections:
        raise RulesBroken(checked.findings)
    live = registration.revisions.live().first()
    outcome = submit_outcome(
        checked,
        registration,
        live,
        answers=answers_somebody(draft, registration),
        is_excepted=rulings.exception is not None,
    )
    if outcome.is_empty:
        raise Conflict(NOTHING_CHANGED)
    announced.check(outcome, live)
    revision = checked.next_revision(registration, by=by, now=now)
    Registration.objects.filter(pk=registration.pk).update(revision_count=revision.number)
    if live is not None and outcome.applies:
        _apply(revision, live, draft, outcome)
    else:
        _send_to_review(revision, draft, renews=outcome.renews)
    return revision


def _apply(revision: Revision, live: Revision, draft: Draft, outcome: SubmitOutcome) -> None:
    """Put the revision in effect, in place of the live one.

    Scopes stay granted or refused. A PKCE exception that the record still requests stays in force; one that
    it dropped ends.
    """
    moved = [move(live, REVISION, "supersede")]  # first: a conditional unique index cannot wait
    revision.status, revision.decided_how = REVISION.starts["apply"], DecidedHow.RULES
    revision.decided_at, revision.decided_by = revision.submitted_at, revision.submitted_by
    revision.insert(granted={child.scope_id: child.granted for child in live.requested_scopes.all()})
    moved += take_answers(draft, revision)
    moved += pkce.settle(revision.registration, revision, now=revision.submitted_at)
    moved += contacts.request_confirmations(revision)
    draft.delete()
    feed.mark(revision.registration)
    events.record(
        RegistrationEvent.REVISION_APPLIED,
        by=revision.submitted_by,
        stream=revision.registration.uuid,
        objects=[revision.audit_name, *moved],
        detail={"changed": [change.field for change in outcome.at_once]},
    )
    queue.enqueue("applied", revision_id=revision.pk)


def _send_to_review(revision: Revision, draft: Draft, *, renews: bool) -> None:
    """Store the revision for the reviewers; the draft stays, locked, until the decision."""
    revision.insert()
    answers = take_answers(draft, revision)
    requested = pkce.request(revision, renews=renews)
    emailed = contacts.request_confirmations(revision)
    preflight.order(revision)
    events.record(
        RegistrationEvent.REVISION_SUBMITTED,
        by=revision.submitted_by,
        stream=revision.registration.uuid,
        objects=[revision.audit_name, *requested, *answers, *emailed],
    )
    queue.enqueue("submitted", revision_id=revision.pk)


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES, last=book_marks)
def withdraw(registration: Registration, *, by: User) -> Revision:
    """Withdraw the revision under review; the draft can be edited again."""
    revision = registration.revisions.under_review().first()
    if revision is None:
        raise Conflict("Nothing is under review.")
    now = timezone.now()
    moved = [decide(revision, "withdraw", by=by, now=now), *pkce.withdraw_pending(registration, now=now)]
    events.record(RegistrationEvent.REVISION_WITHDRAWN, by=by, stream=registration.uuid, objects=moved)
    return revision


def _new_draft(registration: Registration, *, by: User, data: DraftData, logo: Logo | None) -> Draft:
    """Create a draft whose version starts at the number of verbs so far, so that a page about an
    earlier, deleted draft cannot save over this one."""
    return Draft.objects.create(
        registration=registration,
        version=max(registration.version, _FIRST_VERSION),
        data=dict(data),
        logo=logo,
        updated_at=timezone.now(),
        updated_by=by,
    )


def _digest(logo: Logo | None) -> str | None:
    return logo.digest if logo else None


def _refuse_under_review(registration: Registration) -> None:
    if registration.revisions.under_review().exists():
        raise Conflict(UNDER_REVIEW)
