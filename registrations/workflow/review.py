"""Verbs of the reviewer: approve, accept a value against a rule, request changes, reject."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES, REGISTRATION
from registrations.events import RegistrationEvent
from registrations.models import DecisionReason, Draft, GivenReason, Override, Registration, Revision
from registrations.rules import free_text
from registrations.workflow import desk, feed
from registrations.workflow.checklist import Ticks, take_ticks, unticked
from registrations.workflow.comments import Text, send_comments, take_texts
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.marks import book_marks
from registrations.workflow.pkce import (
    require_covered,
    require_second_person,
    settle,
    withdraw_pending,
)
from registrations.workflow.scopes import grant
from registrations.workflow.secrets import issue
from registrations.workflow.transitions import decide, move, supersede_live
from registrations.workflow.verbs import verb


@verb(
    lock=lock_for_reviewer,
    statuses=REGISTRATION.sources("approve"),
    refused=RegistrationEvent.REVISION_APPROVE,
    about="revision:{seen_version}",
    last=book_marks,
)
def approve(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_live: int | None = None,
    signed_in_at: datetime | None,
    note: str = "",
    despite_claim: bool | UUID = False,
    ticks: Ticks | None = None,
    texts: Collection[Text] = (),
    granted: Collection[str] | None = None,
    refused_because: str = "",
) -> Revision:
    """Make the revision live with the scopes that are ``granted``; None is all but those refused before.

    The first approval issues the client id and a sealed secret. ``refused_because`` is what the partner reads
    about scopes that are not granted. ``ticks`` and ``texts`` are those of the page that was sent, and are
    kept only with the decision. ``signed_in_at`` is as :func:`require_recent_sign_in` wants it.

    Raises ``StaleVersion`` where the page showed another revision or live one, ``ClaimedByColleague`` unless
    ``despite_claim`` confirms it, ``NotAllowed``, ``ReauthenticationNeeded``, and ``Conflict`` where an
    override request is unanswered or the PKCE exception or the scopes do not allow it.
    """
    revision = _as_seen(registration, seen_version, seen_live, despite_claim, ticks, texts, by=by)
    require_recent_sign_in(signed_in_at)
    _require_answered(revision, by=by)
    now = timezone.now()
    moved = settle(registration, revision, now=now) + send_comments(registration, now=now)
    moved += supersede_live(registration)
    decide(revision, "approve", by=by, now=now, note=desk.checked_text(note))
    scopes = grant(revision, granted, by=by, refused_because=refused_because)
    require_covered(revision, today=now.date())
    Draft.objects.filter(registration=registration).delete()
    moved += _activate(registration, revision, by=by, now=now)
    feed.mark(registration)
    events.record(
        RegistrationEvent.REVISION_APPROVED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, *moved],
        detail={**scopes, "unticked": unticked(revision)},
    )
    queue.enqueue("approved", revision_id=revision.pk)
    return revision


@verb(
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.REVISION_OVERRIDE,
    about="revision:{seen_version}",
    last=book_marks,
)
def override(
    registration: Registration, *, by: User, seen_version: int, rule: str, value: str, reason: str
) -> Override:
    """Accept a value that a rule rejects, as the partner requested (rule G-06).

    Raises ``Conflict`` where the seen revision has no such override request, where it was answered
    already, or where no reason is given.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    if (rule, value) not in {request.pair for request in revision.unanswered_override_requests()}:
        raise Conflict("The partner does not ask for this, or the value was already accepted.")
    accepted = Override.objects.create(
        registration=registration,
        revision=revision,
        rule=rule,
        value=value,
        reason=desk.require_text(reason, "Say why you accept it. The reason stays on record."),
        decided_at=timezone.now(),
        decided_by=by,
    )
    events.record(
        RegistrationEvent.REVISION_OVERRIDDEN,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, accepted.audit_name],
        detail={"rule": rule},
    )
    return accepted


@verb(
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.REVISION_REQUEST_CHANGES,
    about="revision:{seen_version}",
    last=book_marks,
)
def request_changes(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_live: int | None = None,
    note: str,
    despite_claim: bool | UUID = False,
    ticks: Ticks | None = None,
    texts: Collection[Text] = (),
    reasons: Sequence[str] = (),
) -> Revision:
    """Send the revision back; the partner reads the note, edits and submits again.

    ``reasons`` are codes for the statistics; their wording for the partner is part of the note.
    ``seen_live``, ``ticks`` and ``texts`` are as in :func:`approve`.
    """
    revision = _as_seen(registration, seen_version, seen_live, despite_claim, ticks, texts, by=by)
    moved, given = _decide_against(revision, "request_changes", by=by, note=note, reasons=reasons)
    events.record(
        RegistrationEvent.REVISION_CHANGES_REQUESTED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, *moved],
        detail={"reasons": given},
    )
    queue.enqueue("changes_requested", revision_id=revision.pk)
    return revision


@verb(
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    refused=RegistrationEvent.REVISION_REJECT,
    about="revision:{seen_version}",
    last=book_marks,
)
def reject(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    seen_live: int | None = None,
    note: str,
    despite_claim: bool | UUID = False,
    ticks: Ticks | None = None,
    texts: Collection[Text] = (),
    reasons: Sequence[str] = (),
) -> Revision:
    """Reject the revision; the partner reads why and can still edit and submit it again.

    ``reasons``, ``seen_live``, ``ticks`` and ``texts`` are as in :func:`request_changes`.
    """
    revision = _as_seen(registration, seen_version, seen_live, despite_claim, ticks, texts, by=by)
    moved, given = _decide_against(revision, "reject", by=by, note=note, reasons=reasons)
    events.record(
        RegistrationEvent.REVISION_REJECTED,
        by=by,
        stream=registration.uuid,
        objects=[revision.audit_name, *moved],
        detail={"reasons": given},
    )
    queue.enqueue("rejected", revision_id=revision.pk)
    return revision


def _as_seen(
    registration: Registration,
    seen_version: int,
    seen_live: int | None,
    despite_claim: bool | UUID,
    ticks: Ticks | None,
    texts: Collection[Text],
    *,
    by: User,
) -> Revision:
    """The revision that the page showed, with the ticks and texts that it was sent with. Raises as
    :func:`approve`."""
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_live_seen(revision, seen_live)
    desk.require_unclaimed(revision, by=by, despite_claim=despite_claim)
    take_ticks(revision, ticks, by=by)
    take_texts(revision, texts, by=by)
    return revision


def _require_answered(revision: Revision, *, by: User) -> None:
    """Raise ``Conflict`` where somebody has to answer, or another person has to approve, first."""
    if revision.unanswered_override_requests():
        raise Conflict("Accept the value that the partner asks about first, or request changes or reject it.")
    require_second_person(revision, by=by)


def _decide_against(
    revision: Revision, decision: str, *, by: User, note: str, reasons: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Make a decision against the revision, with what the partner reads about it: comments, note, reasons.

    Returns the names of the other objects that changed, and the codes of the reasons. Raises ``Conflict``
    where the partner would read nothing, and for a reason that is not offered for this decision.
    """
    now = timezone.now()
    sent = send_comments(revision.registration, now=now)
    if free_text.is_blank(note) and not sent:
        raise Conflict("Say in the note or in a comment what has to change. The partner reads it.")
    moved = withdraw_pending(revision.registration, now=now) + sent
    decide(revision, decision, by=by, now=now, note=desk.checked_text(note))
    codes = list(dict.fromkeys(reasons))
    offered = DecisionReason.objects.filter(code__in=codes, is_offered=True) if codes else ()
    if {reason.code for reason in offered if reason.fits(decision)} != set(codes):
        raise Conflict("One of the reasons is no longer available for this decision. Choose again.")
    GivenReason.objects.bulk_create(GivenReason(revision=revision, reason_id=code) for code in codes)
    return moved, codes


def _activate(registration: Registration, revision: Revision, *, by: User, now: datetime) -> list[str]:
    """Issue the client id and a sealed secret, unless it has them; returns the names of the objects."""
    if registration.client_id is not None:
        return []
    client_id, environment = uuid4(), revision.environment
    issued = {"client_id": client_id, "environment": environment, "activated_at": now}
    move(registration, REGISTRATION, "approve", **issued)
    secret = issue(registration, client_id, by=by, now=now)
    return [f"client:{client_id}", secret.audit_name]
