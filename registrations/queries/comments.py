"""Comments as a partner may read them: those that were sent, and none of the desk's own notes."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from portal.accounts.models import User
from portal.paging import parse_uuid
from registrations.models import Comment, Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.queries.overview import JsonArray
from registrations.rules.draft_data import DraftData, text
from registrations.rules.fields import LABELS, place

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
    """One thing that was said; ``author`` is the key of the person."""

    by_desk: bool
    author: int
    text: str
    at: datetime


class PartnerThread(NamedTuple):
    """A thread; the first that was said in it is the desk's."""

    uuid: UUID
    field: str
    is_resolved: bool
    said: list[Said]

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def is_unanswered(self) -> bool:
        """Whether it is the partner's turn: the last that was said in it is the desk's."""
        return not self.is_resolved and self.said[-1].by_desk

    @property
    def newest(self) -> str:
        """What was said in it last."""
        return self.said[-1].text


class Answered(NamedTuple):
    """An open thread with the answer that the draft holds."""

    thread: PartnerThread
    text: str


class Entry(NamedTuple):
    """One thing that was said, with its author in words."""

    who: str
    at: datetime
    text: str


class ShownThread(NamedTuple):
    """A thread as its partner reads it."""

    thread: PartnerThread
    entries: list[Entry]


def label_of(field: str) -> str:
    """What a thread is about, in words."""
    return LABELS.get(field, _THE_WHOLE)


def with_threads(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """The registrations with all that was sent about each; no statement more."""
    sent = Comment.objects.filter(thread__registration=OuterRef("pk"), sent_at__isnull=False)
    of_one = sent.order_by().annotate(whose=F("thread__registration")).values("whose")
    return rows.annotate(
        sent_comments=Subquery(of_one.annotate(all=JsonArray(JSONObject(**_READ))).values("all"))
    )


def threads_of(registration: Registration) -> list[PartnerThread]:
    """What :func:`with_threads` read, in the order of the form; the whole comes first."""
    rows: list[dict[str, Any]] = vars(registration)["sent_comments"] or []
    threads: dict[int, PartnerThread] = {}
    for row in sorted(rows, key=lambda row: (row["opened"], row["pk"])):
        empty = PartnerThread(UUID(row["thread"]), row["field"], row["resolved"] is not None, [])
        said = Said(bool(row["by_desk"]), row["author"], row["text"], _moment(row["at"]))
        threads.setdefault(row["opened"], empty).said.append(said)
    return sorted(threads.values(), key=lambda one: place(one.field) if one.field else -1)


def answers_of(data: DraftData) -> dict[UUID, str]:
    """What the partner answers to the reviewers' comments, by thread; blank answers are none."""
    stored = data.get("answers", {})
    if not isinstance(stored, Mapping):
        return {}
    return {
        thread: text(stored, key).strip()
        for key in stored
        if (thread := parse_uuid(key)) and text(stored, key).strip()
    }


def open_threads(registration: Registration) -> list[PartnerThread]:
    """Those that still want an answer."""
    return [one for one in threads_of(registration) if not one.is_resolved]


def answered(threads: Collection[PartnerThread], answers: dict[UUID, str]) -> list[Answered]:
    """Those with an answer, and the answer."""
    return [Answered(one, answers[one.uuid]) for one in threads if one.uuid in answers]


def unanswered(threads: Iterable[PartnerThread], answers: Container[UUID]) -> list[PartnerThread]:
    """Those that wait for the partner, and to which the draft holds no answer."""
    return [one for one in threads if one.is_unanswered and one.uuid not in answers]


def shown_threads(registration: Registration, *, reader: User) -> list[ShownThread]:
    """The comments in words for ``reader``, as :func:`with_threads` read it."""
    return [
        ShownThread(one, [Entry(_who(said, reader), said.at, said.text) for said in one.said])
        for one in threads_of(registration)
    ]


def _who(said: Said, reader: User) -> str:
    """Staff are never named, and neither are colleagues."""
    if said.by_desk:
        return "Pleo"
    return "You" if said.author == reader.pk else "A colleague"


def _moment(text: str) -> datetime:
    """As the database writes it into JSON: SQLite leaves out that it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
