"""Verbs of the comments on a revision: comment, reply, take back, resolve, note.

A reviewer's comment waits until a decision sends it, together with its email. A partner types an answer
into the draft and sends it by submitting. Only reviewers read desk notes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict, NotFound
from registrations.domain.lifecycle import OPEN_STATUSES, RegistrationStatus
from registrations.events import RegistrationEvent
from registrations.models import Comment, DeskNote, Draft, Registration, Revision, Thread
from registrations.queries.comments import answers_of
from registrations.rules.fields import FIELDS
from registrations.workflow.desk import revision_seen
from registrations.workflow.locking import lock_for_reviewer
from registrations.workflow.verbs import verb

ALL_STATUSES = frozenset(RegistrationStatus)


@verb("comment.write", lock=lock_for_reviewer, statuses=OPEN_STATUSES, records_refusals=False)
def comment(
    registration: Registration, *, by: User, seen_version: int, text: str, field: str = ""
) -> Comment:
    """Open a thread with a comment to the partner, about one field or about the whole registration.

    Raises ``Conflict`` without a text or for an unknown field, ``StaleVersion`` and ``NotAllowed`` as
    every decision does.
    """
    revision = revision_seen(registration, seen_version, by=by)
    _refuse_unknown(field)
    thread = Thread.objects.create(registration=registration, field=field, opened_at=timezone.now())
    return _say(thread, revision, text, by=by)


@verb("comment.reply", lock=lock_for_reviewer, statuses=OPEN_STATUSES, records_refusals=False)
def reply(
    registration: Registration, thread_uuid: UUID, *, by: User, seen_version: int, text: str
) -> Comment:
    """Add a comment to an open thread. Raises ``NotFound`` for a thread of another registration."""
    revision = revision_seen(registration, seen_version, by=by)
    thread = _thread(registration, thread_uuid)
    if thread.resolved_at is not None:
        raise Conflict("This thread is resolved. Reopen it to say more.")
    return _say(thread, revision, text, by=by)


@verb("comment.take_back", lock=lock_for_reviewer, statuses=ALL_STATUSES, records_refusals=False)
def take_back(registration: Registration, comment_uuid: UUID, *, by: User) -> None:
    """Delete one's own comment before it is sent, and its thread if that is empty then.

    Works in every state of the registration: a comment that no decision will ever send can still be
    deleted.
    """
    mine = Comment.objects.filter(uuid=comment_uuid, thread__registration=registration, author=by)
    found = mine.select_related("thread").first()
    if found is None:
        raise NotFound
    if found.sent_at is not None:
        raise Conflict("The partner has read this comment already.")
    found.delete()
    gone = [f"comment:{comment_uuid}"]
    if not found.thread.comments.exists():
        gone.append(f"thread:{found.thread.uuid}")
        found.thread.delete()
    events.record(RegistrationEvent.COMMENT_TAKEN_BACK, by=by, stream=registration.uuid, objects=gone)


@verb("thread.resolve", lock=lock_for_reviewer, statuses=ALL_STATUSES, records_refusals=False)
def resolve(registration: Registration, thread_uuid: UUID, *, by: User) -> Thread:
    """Mark a thread as resolved: the partner no longer has to answer it."""
    return _turn(registration, thread_uuid, by=by, resolved=True)


@verb("thread.reopen", lock=lock_for_reviewer, statuses=ALL_STATUSES, records_refusals=False)
def reopen(registration: Registration, thread_uuid: UUID, *, by: User) -> Thread:
    """Reopen a resolved thread."""
    return _turn(registration, thread_uuid, by=by, resolved=False)


@verb("note.write", lock=lock_for_reviewer, statuses=ALL_STATUSES, records_refusals=False)
def note(registration: Registration, *, by: User, text: str, field: str = "") -> DeskNote:
    """Write a note that only reviewers read, in whatever state the registration is.

    Raises ``Conflict`` without a text, for an unknown field, and where nothing was submitted yet.
    """
    _refuse_unknown(field)
    newest = registration.revisions.filter(number=registration.revision_count).first()
    if newest is None:
        raise Conflict("Nothing was submitted yet.")
    written = DeskNote.objects.create(
        registration=registration,
        revision=newest,
        field=field,
        author=by,
        text=_text(text),
        written_at=timezone.now(),
    )
    events.record(
        RegistrationEvent.NOTE_WRITTEN, by=by, stream=registration.uuid, objects=[f"note:{written.uuid}"]
    )
    return written


def send_comments(registration: Registration, *, now: datetime) -> list[str]:
    """Send the waiting comments to the partner, as part of a decision. Returns the names of the objects.

    Leaves out those in resolved threads: the partner could not answer them.
    """
    waiting = _waiting(registration)
    names = [f"comment:{each}" for each in waiting.values_list("uuid", flat=True)]
    if names:
        waiting.update(sent_at=now)
    return names


def comments_waiting(registration: Registration) -> int:
    """How many comments the next decision would send."""
    return _waiting(registration).count()


def _waiting(registration: Registration) -> QuerySet[Comment]:
    threads = registration.threads.filter(resolved_at=None)
    return Comment.objects.filter(thread__in=threads, sent_at__isnull=True)


def take_answers(draft: Draft, revision: Revision) -> list[str]:
    """Turn the answers in the draft into comments, as part of submit, and remove them from the draft.

    An answer is kept even if a reviewer resolved its thread while it was being typed.
    """
    answers = answers_of(draft.data)
    if not answers:
        return []
    said = Comment.objects.bulk_create(
        Comment(
            thread=thread,
            revision=revision,
            author=revision.submitted_by,
            by_desk=False,
            text=answers[thread.uuid],
            written_at=revision.submitted_at,
            sent_at=revision.submitted_at,
        )
        for thread in _threads_answered(revision.registration, answers)
    )
    draft.data.pop("answers")
    draft.save(update_fields=["data"])
    return [f"comment:{each.uuid}" for each in said]


def answers_somebody(draft: Draft, registration: Registration) -> bool:
    """Whether the draft answers an open thread: one statement, none where the draft holds no answer."""
    answers = answers_of(draft.data)
    return bool(answers) and _threads_answered(registration, answers).filter(resolved_at=None).exists()


def _threads_answered(registration: Registration, answers: Collection[UUID]) -> QuerySet[Thread]:
    """The threads among ``answers`` that the partner was sent a comment in."""
    threads = Thread.objects.filter(uuid__in=answers, registration=registration)
    return threads.filter(comments__sent_at__isnull=False).distinct()


def _say(thread: Thread, revision: Revision, text: str, *, by: User) -> Comment:
    said = Comment.objects.create(
        thread=thread, revision=revision, author=by, by_desk=True, text=_text(text), written_at=timezone.now()
    )
    names = [f"comment:{said.uuid}", f"thread:{thread.uuid}"]
    events.record(RegistrationEvent.COMMENT_WRITTEN, by=by, stream=revision.registration.uuid, objects=names)
    return said


def _turn(registration: Registration, thread_uuid: UUID, *, by: User, resolved: bool) -> Thread:
    thread = _thread(registration, thread_uuid)
    if (thread.resolved_at is not None) is resolved:
        raise Conflict("Somebody did this in the meantime.")
    thread.resolved_at, thread.resolved_by = (timezone.now(), by) if resolved else (None, None)
    thread.save(update_fields=["resolved_at", "resolved_by"])
    event = RegistrationEvent.THREAD_RESOLVED if resolved else RegistrationEvent.THREAD_REOPENED
    events.record(event, by=by, stream=registration.uuid, objects=[f"thread:{thread_uuid}"])
    return thread


def _thread(registration: Registration, uuid: UUID) -> Thread:
    thread = registration.threads.filter(uuid=uuid).first()
    if thread is None:
        raise NotFound
    return thread


def _refuse_unknown(field: str) -> None:
    if field and field not in FIELDS:
        raise Conflict("There is no such field.")


def _text(text: str) -> str:
    if not text.strip():
        raise Conflict("Write something first.")
    return text.strip()
