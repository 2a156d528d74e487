"""Verbs of the comments on a revision: comment, reply, take back, resolve, note, message.

A reviewer's comment waits until a decision sends it, together with its email. A partner types an answer
into the draft and sends it by submitting; while a revision is under review, a message reaches the reviewers
at once. Only reviewers read desk notes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict
from registrations.domain.lifecycle import OPEN_STATUSES, RegistrationStatus
from registrations.events import RegistrationEvent
from registrations.models import Comment, DeskNote, Draft, Registration, Revision, Thread
from registrations.queries.comments import answers_of
from registrations.rules.record_fields import FIELDS
from registrations.workflow import desk, mentions
from registrations.workflow.locking import lock_for_partner, lock_for_reviewer, read
from registrations.workflow.verbs import verb

ALL_STATUSES = frozenset(RegistrationStatus)
_SECOND_PRESS = timedelta(minutes=1)
_NO_SUCH_FIELD = "There is no such field."


class Text(NamedTuple):
    """What a reviewer wrote: a desk note, else a reply in a ``thread``, else a comment that opens one."""

    text: str
    field: str = ""
    thread: UUID | None = None
    is_note: bool = False


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def comment(
    registration: Registration, *, by: User, seen_version: int, text: str, field: str = ""
) -> Comment:
    """Open a thread with a comment to the partner, about one field or about the whole registration.

    The same words about the same field, while they wait to be sent, are a second press and add nothing.
    Raises ``Conflict`` without a text or for an unknown field, ``StaleVersion`` and ``NotAllowed`` as
    every decision does.
    """
    return _comment(desk.revision_seen(registration, seen_version, by=by), text, field, by=by)


def _comment(revision: Revision, text: str, field: str, *, by: User) -> Comment:
    if field and field not in FIELDS:
        raise Conflict(_NO_SUCH_FIELD)
    registration = revision.registration
    waiting = Comment.objects.waiting_in(registration).filter(thread__field=field)
    if said := waiting.filter(author=by, text=text.strip()).first():
        return said
    thread = Thread.objects.create(registration=registration, field=field, opened_at=timezone.now())
    return _write(thread, revision, text, by=by)


@verb(lock=lock_for_reviewer, statuses=OPEN_STATUSES)
def reply(
    registration: Registration, thread_uuid: UUID, *, by: User, seen_version: int, text: str
) -> Comment:
    """Add a comment to an open thread; a second press adds none, as for :func:`comment`.

    Raises ``NotFound`` for a thread of another registration.
    """
    return _reply(desk.revision_seen(registration, seen_version, by=by), thread_uuid, text, by=by)


def _reply(revision: Revision, thread_uuid: UUID, text: str, *, by: User) -> Comment:
    thread = read(revision.registration.threads, uuid=thread_uuid)
    if thread.resolved_at is not None:
        raise Conflict("This thread is resolved. Reopen it to reply.")
    if said := thread.comments.filter(sent_at=None, author=by, text=text.strip()).first():
        return said
    return _write(thread, revision, text, by=by)


@verb(lock=lock_for_reviewer, statuses=ALL_STATUSES)
def take_back(registration: Registration, comment_uuid: UUID, *, by: User) -> None:
    """Delete one's own comment before it is sent, and its thread if that is empty then.

    Works in every state of the registration: a comment that no decision will ever send can still be
    deleted.
    """
    own = Comment.objects.filter(thread__registration=registration, author=by).select_related("thread")
    found = read(own, uuid=comment_uuid)
    if found.sent_at is not None:
        raise Conflict("The partner has read this comment already.")
    found.delete()
    deleted = [found.audit_name]
    if not found.thread.comments.exists():
        deleted.append(found.thread.audit_name)
        found.thread.delete()
    events.record(RegistrationEvent.COMMENT_TAKEN_BACK, by=by, stream=registration.uuid, objects=deleted)


@verb(lock=lock_for_reviewer, statuses=ALL_STATUSES)
def resolve(registration: Registration, thread_uuid: UUID, *, by: User) -> Thread:
    """Mark a thread as resolved: the partner no longer has to answer it."""
    return _set_resolved(registration, thread_uuid, by=by, resolved=True)


@verb(lock=lock_for_reviewer, statuses=ALL_STATUSES)
def reopen(registration: Registration, thread_uuid: UUID, *, by: User) -> Thread:
    """Reopen a resolved thread."""
    return _set_resolved(registration, thread_uuid, by=by, resolved=False)


@verb(lock=lock_for_reviewer, statuses=ALL_STATUSES)
def note(
    registration: Registration, *, by: User, text: str, field: str = "", tell: Collection[User] = ()
) -> DeskNote:
    """Write a note that only the desk reads, in whatever state the registration is, and mention colleagues.

    Those of ``tell`` get an email, and a row in their list of mentions. The same words within a minute,
    where they tell nobody else, are a second press and add nothing. Raises ``Conflict`` without a text, for
    an unknown field, where nothing was submitted yet, for too many colleagues, and for one who cannot see
    the desk.
    """
    return _note(registration, text, field, by=by, tell=tell)


def _note(
    registration: Registration, text: str, field: str, *, by: User, tell: Collection[User] = ()
) -> DeskNote:
    if field and field not in FIELDS:
        raise Conflict(_NO_SUCH_FIELD)
    newest = registration.revisions.newest()
    if newest is None:
        raise Conflict("Nothing was submitted yet.")
    text, others = desk.require_text(text, desk.NO_TEXT), set(tell) - {by}
    mentions.require_readers(others)
    same = registration.desk_notes.filter(revision=newest, field=field, author=by, text=text)
    said = same.filter(written_at__gt=timezone.now() - _SECOND_PRESS).first()
    if said and not {person.pk for person in others} - mentions.mentioned_in(said):
        return said
    written = add_note(newest, text, by=by, field=field)
    mentions.mention(others, written)
    events.record(
        RegistrationEvent.NOTE_WRITTEN,
        by=by,
        stream=registration.uuid,
        objects=[written.audit_name],
        detail={"told": sorted(str(person.pseudonym) for person in others)} if others else {},
    )
    return written


def add_note(revision: Revision, text: str, *, by: User, field: str = "") -> DeskNote:
    """Write a desk note on the revision, as part of a verb. Raises ``Conflict`` without a text."""
    return DeskNote.objects.create(
        registration_id=revision.registration_id,
        revision=revision,
        field=field,
        author=by,
        text=desk.require_text(text, desk.NO_TEXT),
        written_at=timezone.now(),
    )


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES)
def message(registration: Registration, *, by: User, text: str) -> Comment:
    """Write to the reviewers about the whole registration, while a revision is under review.

    Messages share a thread until a reviewer writes in it. The same words within a minute are a second press
    and add nothing. Raises ``Conflict`` without a text, and where nothing is under review.
    """
    revision = registration.revisions.under_review().first()
    if revision is None:
        raise Conflict("Nothing is under review, so there is nobody to read this now.")
    now, text = timezone.now(), desk.require_text(text, desk.NO_TEXT)
    same = Comment.objects.filter(revision=revision, thread__field="", author=by, by_desk=False, text=text)
    if said := same.filter(written_at__gt=now - _SECOND_PRESS).first():
        return said
    thread = registration.threads.unresolved().filter(field="").exclude(comments__by_desk=True).last()
    if thread is None:
        thread = Thread.objects.create(registration=registration, opened_at=now)
    sent = thread.comments.create(
        revision=revision, author=by, by_desk=False, text=text, written_at=now, sent_at=now
    )
    events.record(
        RegistrationEvent.MESSAGE_SENT,
        by=by,
        stream=registration.uuid,
        objects=[sent.audit_name, thread.audit_name],
    )
    queue.enqueue("message", comment_id=sent.pk)
    return sent


def take_texts(revision: Revision, texts: Iterable[Text], *, by: User) -> None:
    """Save what a reviewer wrote, as part of a decision, which then sends the comments.

    Raises as :func:`comment`, :func:`reply` and :func:`note` do.
    """
    for one in texts:
        if one.is_note:
            _note(revision.registration, one.text, one.field, by=by)
        elif one.thread:
            _reply(revision, one.thread, one.text, by=by)
        else:
            _comment(revision, one.text, one.field, by=by)


def send_comments(registration: Registration, *, now: datetime) -> list[str]:
    """Send the waiting comments to the partner, as part of a decision.

    Returns the names of the objects that changed.
    """
    waiting = Comment.objects.waiting_in(registration)
    names = [comment.audit_name for comment in waiting]
    if names:
        waiting.update(sent_at=now)
    return names


def comments_waiting(registration: Registration) -> int:
    """How many comments the next decision would send."""
    return Comment.objects.waiting_in(registration).count()


def take_answers(draft: Draft, revision: Revision) -> list[str]:
    """Turn the answers in the draft into comments, as part of submit, and remove them from the draft.

    An answer is kept even if a reviewer resolved its thread while it was being typed.
    """
    answers = answers_of(draft.data)
    if not answers:
        return []
    threads = revision.registration.threads.filter(uuid__in=answers).seen_by_partner()
    sent = Comment.objects.bulk_create(
        Comment(
            thread=thread,
            revision=revision,
            author=revision.submitter,
            by_desk=False,
            text=answers[thread.uuid],
            written_at=revision.submitted_at,
            sent_at=revision.submitted_at,
        )
        for thread in threads
    )
    draft.data.pop("answers")
    draft.save(update_fields=["data"])
    return [comment.audit_name for comment in sent]


def answers_somebody(draft: Draft, registration: Registration) -> bool:
    """Whether the draft answers an open thread: one statement, none where the draft holds no answer."""
    answers = answers_of(draft.data)
    threads = registration.threads.filter(uuid__in=answers).seen_by_partner().unresolved()
    return bool(answers) and threads.exists()


def _write(thread: Thread, revision: Revision, text: str, *, by: User) -> Comment:
    written = Comment.objects.create(
        thread=thread,
        revision=revision,
        author=by,
        by_desk=True,
        text=desk.require_text(text, desk.NO_TEXT),
        written_at=timezone.now(),
    )
    events.record(
        RegistrationEvent.COMMENT_WRITTEN,
        by=by,
        stream=revision.registration.uuid,
        objects=[written.audit_name, thread.audit_name],
    )
    return written


def _set_resolved(registration: Registration, thread_uuid: UUID, *, by: User, resolved: bool) -> Thread:
    thread = read(registration.threads, uuid=thread_uuid)
    if (thread.resolved_at is not None) is resolved:
        raise Conflict("Somebody did this in the meantime.")
    thread.resolved_at, thread.resolved_by = (timezone.now(), by) if resolved else (None, None)
    thread.save(update_fields=["resolved_at", "resolved_by"])
    event = RegistrationEvent.THREAD_RESOLVED if resolved else RegistrationEvent.THREAD_REOPENED
    events.record(event, by=by, stream=registration.uuid, objects=[thread.audit_name])
    return thread
