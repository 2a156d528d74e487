"""What came before: the revisions of a registration, its events and its secrets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import Event, Outcome
from registrations.admin.wording import REVISION_WORDS, decided_words
from registrations.events import desk_wording
from registrations.models import Registration, Revision

MOST_EVENTS: Final = 200


class RevisionRow(NamedTuple):
    """A revision with its status, and how it was decided, in words."""

    revision: Revision
    status_words: str
    decided_words: str


class HistoryEntry(NamedTuple):
    """An event in words."""

    event: Event
    words: str
    who: str

    @property
    def is_refused(self) -> bool:
        return self.event.outcome != Outcome.DONE


class SecretRow(NamedTuple):
    """The last characters of a secret, and its status."""

    hint: str
    status: str


def revision_rows(revisions: Iterable[Revision]) -> list[RevisionRow]:
    """The revisions in words."""
    return [RevisionRow(row, REVISION_WORDS[row.status], decided_words(row)) for row in revisions]


def history_of(registration: Registration) -> list[HistoryEntry]:
    """The events of the registration, newest first; two queries."""
    events = list(Event.objects.filter(stream=registration.uuid).order_by("-pk")[:MOST_EVENTS])
    people = User.objects.filter(pseudonym__in={event.actor for event in events} - {"system"})
    names = {str(person.pseudonym): person.get_full_name() for person in people}
    return [
        HistoryEntry(event, desk_wording(event.verb), names.get(event.actor, "The portal"))
        for event in events
    ]


def secrets_of(registration: Registration) -> list[SecretRow]:
    """Its secrets, without loading the sealed values."""
    now = timezone.now()
    rows = registration.secrets.defer("sealed_secret", "verifier")
    return [SecretRow(row.hint, row.status_at(now).value) for row in rows]
