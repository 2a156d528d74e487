"""Comments on the review page: the threads about each field, and the form to write in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Prefetch

from portal.accounts.models import User
from registrations.admin.forms import SeenForm
from registrations.forms.fields import refuse_surrogates, storable
from registrations.models import Comment, DeskNote, Registration, Revision, Thread
from registrations.rules.fields import FIELDS, LABELS
from registrations.rules.vocabulary import MAX_TEXT_LENGTH
from registrations.workflow import comments as verbs

THE_WHOLE: Final = "The whole registration"
_TEXTS: Final = {"comment": "to_partner", "reply": "to_partner", "note": "desk_note"}
"""The text field that each action needs.

A desk note has a field of its own, so that no mix-up sends it to the partner.
"""
_NAMED: Final = {"reply": "thread", "resolve": "thread", "reopen": "thread", "take_back": "comment"}
"""The existing object that an action needs."""
_DONE: Final = {
    "comment": "Your comment waits for the decision that sends it.",
    "reply": "Your comment waits for the decision that sends it.",
    "take_back": "Your comment is taken back.",
    "resolve": "The thread is resolved.",
    "reopen": "The thread is open again.",
    "note": "Your desk note is kept. Only the desk reads it.",
}
ACTS: Final = tuple(_DONE)


def _text() -> forms.CharField:
    return forms.CharField(required=False, max_length=MAX_TEXT_LENGTH, validators=[refuse_surrogates])


POSTED_AS: Final = "talk"
"""The name under which pages post the action; the release before this one reads and writes it, too."""


class CommentForm(SeenForm):
    """One action of a reviewer in the comments; ``comment_action`` says which."""

    comment_action = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    field = forms.ChoiceField(choices=[("", THE_WHOLE), *LABELS.items()], required=False)
    thread = forms.UUIDField(required=False)
    comment = forms.UUIDField(required=False)
    to_partner = _text()
    desk_note = _text()

    def add_prefix(self, field_name: str) -> str:
        return POSTED_AS if field_name == "comment_action" else super().add_prefix(field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        act = cleaned.get("comment_action", "")
        text, named = _TEXTS.get(act, ""), _NAMED.get(act, "")
        if text and text in cleaned and not cleaned[text]:
            self.add_error(text, "Write something first.")
        if named and named in cleaned and not cleaned[named]:
            self.add_error(named, "The page was incomplete. Load it again.")
        return cleaned

    @property
    def act(self) -> str:
        return str(self.data.get(POSTED_AS, ""))

    @property
    def is_beside(self) -> bool:
        """Whether all errors are about the text, so that they can appear next to it."""
        return set(self.errors) <= {_TEXTS.get(self.act, "")}

    def key(self) -> str:
        """The field that it is about; empty for the whole registration."""
        about = str(self.data.get("field", ""))
        return about if about in FIELDS else ""

    def text(self) -> str:
        """The posted text, for the page to show again."""
        name = _TEXTS.get(self.act, "")
        return storable(str(self.data.get(name, ""))) if name else ""

    def complaint(self) -> str:
        return " ".join(str(words) for found in self.errors.values() for words in found)


def act(form: CommentForm, registration: Registration, *, by: User) -> str:
    """Call the verb of the action; returns the message to show. Raises what the verb raises."""
    uuid, said = registration.uuid, form.cleaned_data
    seen = {"by": by, "seen_version": said["seen_version"], "text": said["to_partner"]}
    acts: Mapping[str, Callable[[], object]] = {
        "comment": lambda: verbs.comment(uuid, field=said["field"], **seen),
        "reply": lambda: verbs.reply(uuid, said["thread"], **seen),
        "take_back": lambda: verbs.take_back(uuid, said["comment"], by=by),
        "resolve": lambda: verbs.resolve(uuid, said["thread"], by=by),
        "reopen": lambda: verbs.reopen(uuid, said["thread"], by=by),
        "note": lambda: verbs.note(uuid, by=by, text=said["desk_note"], field=said["field"]),
    }
    acts[said["comment_action"]]()
    return _DONE[said["comment_action"]]


@dataclass
class Kept:
    """Text that is shown again after an error; ``complaint`` says what is wrong with it."""

    text: str = ""
    complaint: str = ""


@dataclass
class ShownThread:
    """A thread with its comments."""

    thread: Thread
    comments: list[Comment]
    reply: Kept = dataclasses.field(default_factory=Kept)

    @property
    def is_resolved(self) -> bool:
        return self.thread.resolved_at is not None


@dataclass
class Place:
    """The comments and notes about one field, or about the whole registration if ``field`` is empty."""

    field: str
    threads: list[ShownThread] = dataclasses.field(default_factory=list)
    notes: list[DeskNote] = dataclasses.field(default_factory=list)
    comment: Kept = dataclasses.field(default_factory=Kept)
    note: Kept = dataclasses.field(default_factory=Kept)

    @property
    def key(self) -> str:
        return self.field or "whole"

    @property
    def label(self) -> str:
        return LABELS.get(self.field, THE_WHOLE)

    @property
    def is_open(self) -> bool:
        """Whether any of its threads is unresolved."""
        return any(not shown.is_resolved for shown in self.threads)

    @property
    def is_writing(self) -> bool:
        """Whether one of its forms is shown again after an error."""
        return any(kept.text or kept.complaint for kept in (self.comment, self.note))


Places = Mapping[str, Place]
"""By field; the empty name stands for the whole registration."""


def places_of(registration: Registration, sent: CommentForm | None = None) -> Places:
    """All comments and desk notes, by field; three queries.

    ``sent`` is a form that is shown again after an error.
    """
    said = Comment.objects.select_related("author")
    threads = registration.threads.select_related("resolved_by").prefetch_related(Prefetch("comments", said))
    places = {name: Place(name) for name in ("", *FIELDS)}
    for thread in threads:
        places[thread.field].threads.append(ShownThread(thread, list(thread.comments.all())))
    for note in registration.desk_notes.select_related("author"):
        places[note.field].notes.append(note)
    if sent is not None:
        _keep(places, sent)
    return places


def _keep(places: Places, sent: CommentForm) -> None:
    """Put the text of a refused form back where it was typed.

    A reply to a thread that no longer exists goes into the form for a new comment on its field.
    """
    kept, place = Kept(sent.text(), sent.complaint()), places[sent.key()]
    if sent.act == "note":
        place.note = kept
    elif sent.act == "comment":
        place.comment = kept
    elif sent.act == "reply":
        answered = _answered(places.values(), sent.cleaned_data.get("thread"))
        if answered is None:
            place.comment = kept
        else:
            answered.reply = kept


def _answered(places: Iterable[Place], uuid: UUID | None) -> ShownThread | None:
    return next((shown for place in places for shown in place.threads if shown.thread.uuid == uuid), None)


def unsent(places: Places) -> int:
    """How many comments will be sent with the decision."""
    return sum(
        comment.sent_at is None
        for place in places.values()
        for shown in place.threads
        if not shown.is_resolved
        for comment in shown.comments
    )


def answered_with(places: Places, revision: Revision) -> list[Place]:
    """The places where the partner answered when they submitted the revision."""
    return [place for place in places.values() if any(_answers(shown, revision) for shown in place.threads)]


def _answers(shown: ShownThread, revision: Revision) -> bool:
    return any(not said.by_desk and said.revision_id == revision.pk for said in shown.comments)


def complaints(places: Places) -> list[tuple[str, str]]:
    """Id of each wrong text field, and its error with the label of the place, for the error summary."""
    return [
        (target, f"{place.label}: {kept.complaint}")
        for place in places.values()
        for target, kept in _written(place)
        if kept.complaint
    ]


def _written(place: Place) -> Iterator[tuple[str, Kept]]:
    yield f"id_to_partner_{place.key}", place.comment
    yield f"id_desk_note_{place.key}", place.note
    for shown in place.threads:
        yield f"id_reply_{shown.thread.uuid}", shown.reply
