"""What came before: the revisions of a registration, and its events, which have a page of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.decorators import SignedInRequest
from portal.audit.models import Event, Outcome
from registrations.admin import links
from registrations.admin.log_names import names_of
from registrations.admin.pages import render_page
from registrations.admin.review.lookup import submitted_to_desk
from registrations.admin.wording import REVISION_WORDS, decided_words
from registrations.events import desk_wording
from registrations.models import Registration, Revision
from registrations.queries.secret_hints import NamedSecret, SecretHints

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
    secrets: list[NamedSecret]

    @property
    def is_refused(self) -> bool:
        return self.event.outcome != Outcome.DONE


def revision_rows(revisions: Iterable[Revision]) -> list[RevisionRow]:
    """The revisions in words."""
    return [RevisionRow(row, REVISION_WORDS[row.status], decided_words(row)) for row in revisions]


def history_of(registration: Registration) -> list[HistoryEntry]:
    """The events of the registration, newest first; two queries, three with secrets."""
    events = list(Event.objects.filter(stream=registration.uuid).order_by("-pk")[:MOST_EVENTS])
    names, hints = names_of(events), SecretHints(events)
    return [
        HistoryEntry(event, _words(event), names.get(event.actor, "The portal"), hints.of(event))
        for event in events
    ]


def _words(event: Event) -> str:
    """The desk's wording, with the number of tries where the event sums them up."""
    words = desk_wording(event.verb)
    return f"{words}: {event.detail['tries']}" if "tries" in event.detail else words


@require_safe
def history(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show everything that happened to the registration."""
    registration = submitted_to_desk(request, uuid)
    newest = registration.revisions.newest()
    context = {
        "title": f"Activity: {newest.client_name if newest else ''}",
        "entries": history_of(registration),
        "most": MOST_EVENTS,
        "back": links.back_to_review(request, registration),
    }
    return render_page(request, "history.html", context)
