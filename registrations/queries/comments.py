"""Comments as a partner may read them: only those that were sent, and no desk notes."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from portal.paging import parse_uuid
from registrations.domain.draft_data import DraftData, text
from registrations.models import Comment, Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.queries.overview import JsonArray
from registrations.rules.free_text import written
from registrations.rules.record_fields import LABELS, place

_THE_WHOLE: Final = "The whole registration"
_READ: Final = {
    "thread": "thread__uuid",
    "field": "thread__field",
    "opened": "thread__pk",
    "resolved": "thread__resolved_at",
    "pk": "pk",
    "by_desk": "by_desk",
    "author": "author_id",
    "text": "text",
    "at": "sent_at",
}


class Said(NamedTuple):
    """One comment; ``author`` is the primary key of the person.

    Pages show neither the names of staff nor those of colleagues.
    """

    by_desk: bool
    author: int
    text: str
    at: datetime


class PartnerThread(NamedTuple):
    """A thread with its sent comments; a partner's message begins one, too."""

    uuid: UUID
    field: str
    is_resolved: bool
    said: list[Said]

    @property
    def label(self) -> str:
        """The label of the field that it is about."""
        return label_of(self.field)

    @property
    def is_unanswered(self) -> bool:
        """Whether it waits for the partner: it is open and its last comment is a reviewer's."""
        return not self.is_resolved and self.said[-1].by_desk

    @property
    def newest(self) -> str:
        """The text of its last comment."""
        return self.said[-1].text


def label_of(field: str) -> str:
    """What a thread is about: the label of its field, or the whole registration."""
    return LABELS.get(field, _THE_WHOLE)


class Answered(NamedTuple):
    """An open thread with the answer in the draft."""

    thread: PartnerThread
    text: str


def with_threads(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate the registrations with all sent comments on each; needs no further statement."""
    sent = Comment.objects.filter(thread__registration=OuterRef("pk"), sent_at__isnull=False)
    of_one = sent.order_by().annotate(whose=F("thread__registration")).values("whose")
    return rows.annotate(
        sent_comments=Subquery(of_one.annotate(all=JsonArray(JSONObject(**_READ))).values("all"))
    )


def threads_of(registration: Registration) -> list[PartnerThread]:
    """The threads that :func:`with_threads` read, those about the whole registration first, then in
    the order of the form."""
    rows: list[dict[str, Any]] = vars(registration)["sent_comments"] or []
    threads: dict[int, PartnerThread] = {}
    for row in sorted(rows, key=lambda row: (row["opened"], row["pk"])):
        empty = PartnerThread(UUID(row["thread"]), row["field"], row["resolved"] is not None, [])
        said = Said(bool(row["by_desk"]), row["author"], row["text"], _moment(row["at"]))
        threads.setdefault(row["opened"], empty).said.append(said)
    return sorted(threads.values(), key=lambda one: place(one.field) if one.field else -1)


def answers_of(data: DraftData) -> dict[UUID, str]:
    """The partner's answers to reviewers' comments, by thread, without the blank ones."""
    stored = data.get("answers", {})
    if not isinstance(stored, Mapping):
        return {}
    return {
        thread: written(text(stored, key))
        for key in stored
        if (thread := parse_uuid(key)) and written(text(stored, key))
    }


def open_threads(registration: Registration) -> list[PartnerThread]:
    """The threads in which a reviewer wrote and that are not resolved."""
    asked = (one for one in threads_of(registration) if any(said.by_desk for said in one.said))
    return [one for one in asked if not one.is_resolved]


def answered(threads: Collection[PartnerThread], answers: dict[UUID, str]) -> list[Answered]:
    """The threads that ``answers`` has an answer to, each with that answer."""
    return [Answered(one, answers[one.uuid]) for one in threads if one.uuid in answers]


def unanswered(threads: Iterable[PartnerThread], answers: Container[UUID]) -> list[PartnerThread]:
    """The threads that wait for the partner and have no answer in the draft."""
    return [one for one in threads if one.is_unanswered and one.uuid not in answers]


def _moment(text: str) -> datetime:
    """The time as databases write it into JSON: SQLite leaves out that it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
