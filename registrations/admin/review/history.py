"""What came before: the revisions of a registration, and its events, which have a page of their own."""

from __future__ import annotations

from collections.abc import Sequence
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
from registrations.admin.wording import decided_words, status_words
from registrations.domain.lifecycle import DecidedHow, RevisionStatus
from registrations.domain.restriction import only_takes_away
from registrations.events import desk_wording
from registrations.models import GivenReason, Registration, Revision
from registrations.queries.secret_hints import NamedSecret, SecretHints
from registrations.queries.stops import words_of_staff, written_with

MOST_EVENTS: Final = 200


class RevisionRow(NamedTuple):
    """A revision with its status, and how it was decided, in words; ``reasons`` are those chosen for that.

    ``takes_away`` is whether its partner only took redirect URIs or scopes away from the live client.
    """

    revision: Revision
    status_words: str
    decided_words: str
    takes_away: bool
    reasons: list[GivenReason]


class HistoryEntry(NamedTuple):
    """An event in words; ``note`` is what staff wrote to the partner when they stopped or reinstated it."""

    event: Event
    words: str
    who: str
    secrets: list[NamedSecret]
    note: str

    @property
    def is_refused(self) -> bool:
        return self.event.outcome != Outcome.DONE


def revision_rows(revisions: Sequence[Revision]) -> list[RevisionRow]:
    """The revisions of one registration in words; their children are read already."""
    return [
        RevisionRow(
            row,
            status_words(row),
            decided_words(row),
            takes_away(row, revisions),
            list(row.given_reasons.all()) if row.decided_by_id else [],
        )
        for row in revisions
    ]


def takes_away(row: Revision, revisions: Sequence[Revision]) -> bool:
    """Whether the revision took effect without a review and lacks something of the live one before it, and
    differs from it in nothing else."""
    if row.decided_how != DecidedHow.RULES:
        return False
    replaced = replaced_by(row, revisions)
    return replaced is not None and only_takes_away(replaced.metadata(), row.metadata())


def replaced_by(row: Revision, revisions: Sequence[Revision]) -> Revision | None:
    """The revision that was live before this one, as :meth:`Revision.replaced` finds it in the database."""
    were_live = [
        (one.decided_at, one.number, one)
        for one in revisions
        if one.stage is RevisionStatus.SUPERSEDED and one != row
        if one.decided_at and row.decided_at and one.decided_at <= row.decided_at
    ]
    return max(were_live, key=lambda found: found[:2])[2] if were_live else None


def history_of(registration: Registration) -> list[HistoryEntry]:
    """The events of the registration, newest first; two queries, one more with secrets and one more if it
    was ever suspended."""
    events = list(Event.objects.filter(stream=registration.uuid).order_by("-pk")[:MOST_EVENTS])
    names, hints = names_of(events), SecretHints(events)
    written = words_of_staff(registration, {event.verb for event in events})
    return [
        HistoryEntry(
            event,
            _words(event),
            names.get(event.actor, "The portal"),
            hints.of(event),
            written_with(event, written),
        )
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
