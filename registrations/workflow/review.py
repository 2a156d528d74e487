"""Verbs of the reviewer: approve, accept a value against a rule, request changes, reject."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES, REGISTRATION
from registrations.events import RegistrationEvent
from registrations.models import Draft, Override, Registration, Revision
from registrations.workflow import desk
from registrations.workflow.checklist import unticked
from registrations.workflow.comments import send_comments
from registrations.workflow.confirming import require_second_person
from registrations.workflow.granting import grant
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.pkce import settle, withdraw_pending
from registrations.workflow.reasons import give_reasons
from registrations.workflow.secrets import issue
from registrations.workflow.transitions import decide, move, supersede_live
from registrations.workflow.verbs import verb


@verb(
    "revision.approve",
    lock=lock_for_reviewer,
    statuses=REGISTRATION.sources("approve"),
    records_refusals=True,
    about="revision:{seen_version}",
)
def approve(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    note: str = "",
    despite_claim: bool = False,
    granted: Collection[str] | None = None,
) -> Revision:
    """Make the revision live with the scopes that are ``granted``; None grants all it asks for.

    The first approval issues the client id and a sealed secret. The event names the items of the
    checklist that nobody ticked.

    Raises ``StaleVersion`` where another revision is under review than the one that was seen. Raises
    ``Conflict`` where nothing is under review; the client is suspended; an override request is
    unanswered; no scope would be granted, or one that was not asked for; nobody else has confirmed a
    restricted scope; a colleague has claimed the review and ``despite_claim`` is not set; or a PKCE
    exception is undecided, refused or past its end. Raises ``NotAllowed`` for everyone who may not review
    this one.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_unclaimed(revision, by=by, despite_claim=despite_claim)
    if _unanswered(registration, revision):
        raise Conflict("The partner asks to accept a value: accept it first, or turn the revision down.")
    now = timezone.now()
    moved = settle(registration, revision, now=now)
    moved += send_comments(registration, now=now)
    moved += supersede_live(registration)
    decide(revision, "approve", by=by, now=now, note=note.strip())
    answers = grant(revision, granted)
    require_second_person(revision, answers["granted"], by=by)
    Draft.objects.filter(registration=registration).delete()
    if registration.client_id is None:
        moved += _activate(registration, revision, by=by, now=now)
    left = {"unticked": unticked(revision)}
    _record_and_notify(
        RegistrationEvent.REVISION_APPROVED, revision, by=by, moved=moved, detail={**answers, **left}
    )
    return revision


@verb(
    "revision.override",
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def override(
    registration: Registration, *, by: User, seen_version: int, rule: str, value: str, reason: str
) -> Override:
    """Accept a value that a rule rejects, as the partner requested (rule G-06).

    Raises ``Conflict`` where the seen revision has no such override request, where it was answered
    already, or where no reason is given.
    """
    revision = desk.revision_seen(registration, seen_version, by=by)
    if (rule, value) not in _unanswered(registration, revision):
        raise Conflict("The partner asks no such thing, or it was answered already.")
    if not reason.strip():
        raise Conflict("Say why it is accepted: the reason stays on record.")
    accepted = Override.objects.create(
        registration=registration,
        revision=revision,
        rule=rule,
        value=value,
        reason=reason.strip(),
        decided_at=timezone.now(),
        decided_by=by,
    )
    events.record(
        RegistrationEvent.REVISION_OVERRIDDEN,
        by=by,
        stream=registration.uuid,
        objects=[f"revision:{seen_version}", f"override:{accepted.pk}"],
        detail={"rule": rule},
    )
    return accepted


def _unanswered(registration: Registration, revision: Revision) -> set[tuple[str, str]]:
    asked = {request.pair for request in revision.override_requests()}
    return asked - set(registration.overrides.values_list("rule", "value")) if asked else asked


@verb(
    "revision.request_changes",
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def request_changes(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    note: str,
    despite_claim: bool = False,
    reasons: Sequence[str] = (),
) -> Revision:
    """Send the revision back; the partner reads the note, edits and submits again.

    ``reasons`` are codes for the statistics; their wording for the partner is part of the note.
    """
    done = RegistrationEvent.REVISION_CHANGES_REQUESTED
    return _turn_down(registration, "request_changes", done, by, seen_version, note, despite_claim, reasons)


@verb(
    "revision.reject",
    lock=lock_for_reviewer,
    statuses=OPEN_STATUSES,
    records_refusals=True,
    about="revision:{seen_version}",
)
def reject(
    registration: Registration,
    *,
    by: User,
    seen_version: int,
    note: str,
    despite_claim: bool = False,
    reasons: Sequence[str] = (),
) -> Revision:
    """Reject the revision; the partner reads why and can still edit and submit it again.

    ``reasons`` are as in :func:`request_changes`.
    """
    done = RegistrationEvent.REVISION_REJECTED
    return _turn_down(registration, "reject", done, by, seen_version, note, despite_claim, reasons)


def _turn_down(
    registration: Registration,
    decision: str,
    done: RegistrationEvent,
    by: User,
    seen_version: int,
    note: str,
    despite_claim: bool,
    reasons: Sequence[str],
) -> Revision:
    revision = desk.revision_seen(registration, seen_version, by=by)
    desk.require_unclaimed(revision, by=by, despite_claim=despite_claim)
    now = timezone.now()
    comments = send_comments(registration, now=now)
    if not note.strip() and not comments:
        raise Conflict("Say in the note or in comments what has to change: the partner reads it.")
    moved = withdraw_pending(registration, now=now) + comments
    decide(revision, decision, by=by, now=now, note=note.strip())
    given = give_reasons(revision, decision, reasons)
    _record_and_notify(done, revision, by=by, moved=moved, detail={"reasons": given})
    return revision


def _activate(registration: Registration, revision: Revision, *, by: User, now: datetime) -> list[str]:
    client_id, environment = uuid.uuid4(), revision.environment
    move(
        registration,
        REGISTRATION,
        "approve",
        client_id=client_id,
        environment=environment,
        activated_at=now,
    )
    secret = issue(registration, client_id, by=by, now=now)
    return [f"client:{client_id}", f"secret:{secret.uuid}"]


def _record_and_notify(
    event: RegistrationEvent,
    revision: Revision,
    *,
    by: User,
    moved: list[str],
    detail: Mapping[str, Any] | None = None,
) -> None:
    stream, objects = revision.registration.uuid, [f"revision:{revision.number}", *moved]
    events.record(event, by=by, stream=stream, objects=objects, detail=detail)
    queue.enqueue(event.deed, revision_id=revision.pk)
