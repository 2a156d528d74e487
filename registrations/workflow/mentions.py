"""Mentions of colleagues in desk notes: made with the note, and marked as seen by each of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.events import RegistrationEvent
from registrations.models import DeskNote, Mention
from registrations.workflow.verbs import one_transaction

MOST_MENTIONED: Final = 20
"""How many colleagues a note can mention. A note to everybody needs no mention: it is on the page."""


def require_readers(people: Collection[User]) -> None:
    """Raise ``Conflict`` for too many people, and where one of them cannot see the desk."""
    if len(people) > MOST_MENTIONED:
        raise Conflict(f"Tell at most {MOST_MENTIONED} colleagues of one note.")
    readers = permissions.desk_readers().filter(pk__in=[person.pk for person in people])
    if people and readers.count() < len(people):
        raise Conflict("One of these colleagues cannot see the desk. Choose again.")


def mentioned_in(note: DeskNote) -> set[int]:
    """The keys of the people whom the note mentions."""
    return set(Mention.objects.filter(note=note).values_list("person_id", flat=True))


def mention(people: Collection[User], note: DeskNote) -> None:
    """Tell the people of the note, and send them an email: part of the verb that writes it."""
    if people:
        Mention.objects.bulk_create(
            Mention(note=note, person=person, made_at=note.written_at) for person in people
        )
        queue.enqueue("mentioned", note_id=note.pk)


@one_transaction()
def see(mention_uuid: UUID, *, by: User) -> None:
    """Mark a mention of oneself as seen; a second press changes nothing.

    Raises ``NotAllowed`` for everybody who cannot see the desk, and ``NotFound`` where it is somebody else's.
    """
    if not permissions.may_see_desk(by):
        raise NotAllowed
    mine = Mention.objects.filter(uuid=mention_uuid, person=by).first()
    if mine is None:
        raise NotFound
    if Mention.objects.unseen().filter(pk=mine.pk).update(seen_at=timezone.now()):
        events.record(RegistrationEvent.MENTION_SEEN, by=by, stream=by.pseudonym, objects=[mine.audit_name])
