"""Comments on the review page: the threads about each field, and the form to write in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Prefetch
from django.http import QueryDict

from portal.accounts.models import User
from registrations import permissions
from registrations.admin.forms import SeenForm
from registrations.admin.review.page_state import PageState, Written
from registrations.forms.controls import FreeText, storable
from registrations.models import Comment, DeskNote, Mention, Registration, Revision, Thread
from registrations.rules.record_fields import FIELDS, LABELS
from registrations.workflow import comments as verbs
from registrations.workflow.comments import Text

THE_WHOLE: Final = "The whole registration"
THE_WHOLE_KEY: Final = "whole"
"""The place of comments on the whole registration, as names and ids have it."""


def place_of(field: str) -> str:
    """The place of comments about the field, as names and ids have it."""
    return field or THE_WHOLE_KEY


def field_of(place: str) -> str:
    """The field that the place is about; empty for the whole registration."""
    return place if place in FIELDS else ""


_TEXTS: Final = {"comment": "to_partner", "reply": "to_partner", "note": "desk_note"}
"""The text field that each action needs.

A desk note has a field of its own, so that no mix-up sends it to the partner.
"""
_NAMED: Final = {"reply": "thread", "resolve": "thread", "reopen": "thread", "take_back": "comment"}
"""The existing object that an action needs."""
_CANNOT_BE_MENTIONED: Final = "One of the colleagues cannot see the desk. Choose again whom to tell."
_DONE: Final = {
    "comment": "Your comment is saved. It is sent with the decision.",
    "reply": "Your comment is saved. It is sent with the decision.",
    "take_back": "Your comment is taken back.",
    "resolve": "The thread is resolved.",
    "reopen": "The thread is open again.",
    "note": "Your desk note is saved. Only the desk can read it.",
}
ACTIONS: Final = tuple(_DONE)
POSTED_AS: Final = "talk"
"""The name under which pages post the action; the release before this one reads and writes it, too."""


class CommentForm(SeenForm):
    """One action of a reviewer in the comments; ``comment_action`` says which.

    ``box`` is the name of the field of the page that holds the text.
    """

    box: str = ""

    comment_action = forms.ChoiceField(choices=[(action, action) for action in ACTIONS])
    field = forms.ChoiceField(choices=[("", THE_WHOLE), *LABELS.items()], required=False)
    thread = forms.UUIDField(required=False)
    comment = forms.UUIDField(required=False)
    to_partner = FreeText(required=False)
    desk_note = FreeText(required=False)
    tell = forms.ModelMultipleChoiceField(
        queryset=permissions.desk_readers(),
        to_field_name="pseudonym",
        required=False,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "list"), _CANNOT_BE_MENTIONED),
    )

    def add_prefix(self, field_name: str) -> str:
        return POSTED_AS if field_name == "comment_action" else super().add_prefix(field_name)

    @classmethod
    def of_button(cls, data: QueryDict) -> CommentForm:
        """The form of the button that was pressed.

        The page names action, place and object in the button, such as ``reply.scope.<uuid>``, since it holds
        the boxes of all places. Scripts, and the release before this one, post the fields of one form.
        """
        action, *named = data.get(POSTED_AS, "").split(".")
        if not named:
            form = cls(data)
            form.box = _box(action, place_of(form.about), str(data.get("thread", "")))
            return form
        place, about = named[0], named[1] if len(named) > 1 else ""
        text = str(data.get(_box(action, place, about), ""))
        return cls._of_page(action, place, about, text, data.get("seen_version", ""))

    @classmethod
    def of(cls, written: Written, seen_version: int) -> CommentForm:
        """The form of the button beside a box of the page."""
        action = {"to_partner": "comment", "reply": "reply", "desk_note": "note"}[written.kind]
        about = written.name.partition("-")[2]
        place, thread = (THE_WHOLE_KEY, about) if action == "reply" else (about, "")
        return cls._of_page(action, place, thread, written.text, seen_version)

    @classmethod
    def _of_page(cls, action: str, place: str, about: str, text: str, seen_version: object) -> CommentForm:
        """``about`` is the thread or comment that the action names."""
        form = cls(
            {
                POSTED_AS: action,
                "seen_version": seen_version,
                "field": "" if place == THE_WHOLE_KEY else place,
                _NAMED.get(action, "thread"): about,
                _TEXTS.get(action, "to_partner"): text,
            }
        )
        form.box = _box(action, place, about)
        return form

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        action = cleaned.get("comment_action", "")
        text, named = _TEXTS.get(action, ""), _NAMED.get(action, "")
        if text and text in cleaned and not cleaned[text]:
            self.add_error(text, "Write something first.")
        if named and named in cleaned and not cleaned[named]:
            self.add_error(named, "The page was incomplete. Reload it.")
        return cleaned

    @property
    def action(self) -> str:
        """The posted action, which may be none of ours."""
        return str(self.data.get(POSTED_AS, ""))

    @property
    def has_only_wrong_text(self) -> bool:
        """Whether all errors are about the text and its readers, so that they can appear next to it."""
        return set(self.errors) <= {_TEXTS.get(self.action, ""), "tell"}

    @property
    def about(self) -> str:
        """The field that it is about; empty for the whole registration."""
        field = str(self.data.get("field", ""))
        return field_of(field)

    @property
    def anchor(self) -> str:
        """The id of the comments on the page."""
        return f"comments-{place_of(self.about)}"

    @property
    def text(self) -> str:
        """The posted text, for the page to show again."""
        name = _TEXTS.get(self.action, "")
        return storable(str(self.data.get(name, ""))) if name else ""

    def as_new_comment(self, state: PageState) -> PageState:
        """The state with a reply to a thread that is gone in the box for a new comment."""
        box = f"to_partner-{place_of(self.about)}"
        texts = dict.fromkeys(filter(None, (state.texts.get(box, ""), self.text)))
        return state.without({self.box}).holding(box, "\n\n".join(texts))

    @property
    def complaint(self) -> str:
        """What is wrong with the posted text."""
        return " ".join(str(words) for found in self.errors.values() for words in found)

    @property
    def as_text(self) -> Text:
        """What was written, once the form was found valid, for a decision that saves it."""
        said = self.cleaned_data
        text = said[_TEXTS[said["comment_action"]]]
        return Text(text, said["field"], said["thread"], is_note=said["comment_action"] == "note")

    def save(self, registration: Registration, *, by: User) -> str:
        """Call the verb of the action; returns the message to show. Raises what the verb raises."""
        uuid, said = registration.uuid, self.cleaned_data
        seen = {"by": by, "seen_version": said["seen_version"], "text": said["to_partner"]}
        actions: Mapping[str, Callable[[], object]] = {
            "comment": lambda: verbs.comment(uuid, field=said["field"], **seen),
            "reply": lambda: verbs.reply(uuid, said["thread"], **seen),
            "take_back": lambda: verbs.take_back(uuid, said["comment"], by=by),
            "resolve": lambda: verbs.resolve(uuid, said["thread"], by=by),
            "reopen": lambda: verbs.reopen(uuid, said["thread"], by=by),
            "note": lambda: verbs.note(
                uuid, by=by, text=said["desk_note"], field=said["field"], tell=list(said["tell"])
            ),
        }
        actions[said["comment_action"]]()
        return _DONE[said["comment_action"]]


def _box(action: str, place: str, about: str) -> str:
    """The name of the page's field that holds the text of the action; empty if it takes none."""
    if action == "reply":
        return f"reply-{about}"
    return f"{_TEXTS[action]}-{place}" if action in _TEXTS else ""


@dataclass
class TypedText:
    """The text in a box of the page: its name, what was typed before, and what is wrong with that."""

    name: str
    text: str = ""
    complaint: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name.replace('-', '_', 1)}"

    @property
    def is_shown_again(self) -> bool:
        return bool(self.text or self.complaint)


@dataclass
class ThreadOnDesk:
    """A thread with its comments, as reviewers see it."""

    thread: Thread
    comments: list[Comment]
    reply: TypedText = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.reply = TypedText(f"reply-{self.thread.uuid}")

    @property
    def is_resolved(self) -> bool:
        return self.thread.resolved_at is not None

    def is_answered_with(self, revision: Revision) -> bool:
        """Whether the partner wrote in it with or about the revision."""
        return any(not said.by_desk and said.revision_id == revision.pk for said in self.comments)


@dataclass
class Place:
    """The comments and notes about one field, or about the whole registration if ``field`` is empty."""

    field: str
    threads: list[ThreadOnDesk] = dataclasses.field(default_factory=list)
    notes: list[DeskNote] = dataclasses.field(default_factory=list)
    comment: TypedText = dataclasses.field(init=False)
    note: TypedText = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.comment = TypedText(f"to_partner-{self.key}")
        self.note = TypedText(f"desk_note-{self.key}")

    @property
    def key(self) -> str:
        return place_of(self.field)

    @property
    def label(self) -> str:
        return LABELS.get(self.field, THE_WHOLE)

    @property
    def is_empty(self) -> bool:
        return not self.threads and not self.notes

    @property
    def is_open(self) -> bool:
        """Whether any of its threads is unresolved."""
        return any(not thread.is_resolved for thread in self.threads)

    @property
    def is_writing(self) -> bool:
        """Whether one of its boxes holds a text."""
        return any(typed.is_shown_again for typed in self.boxes)

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """Id of each wrong box, and its error with the label of the place, for the error summary."""
        return [(typed.id, f"{self.label}: {typed.complaint}") for typed in self.boxes if typed.complaint]

    @property
    def boxes(self) -> list[TypedText]:
        """Every box to write in."""
        return [self.comment, self.note, *(thread.reply for thread in self.threads)]


@dataclass(frozen=True)
class PageComments:
    """All comments and desk notes on the page; ``places`` is by field, with "" for the whole registration."""

    places: Mapping[str, Place]

    @property
    def on_whole(self) -> Place:
        return self.places[""]

    def on(self, fields: Iterable[str]) -> dict[str, Place]:
        """The comments on some of the fields."""
        return {field: self.places[field] for field in fields}

    @property
    def unsent(self) -> int:
        """How many comments will be sent with the decision."""
        threads = [thread for place in self.places.values() for thread in place.threads]
        return sum(
            comment.sent_at is None
            for thread in threads
            if not thread.is_resolved
            for comment in thread.comments
        )

    def answered_with(self, revision: Revision) -> list[Place]:
        """The places where the partner wrote with or about the revision."""
        return [
            place
            for place in self.places.values()
            if any(thread.is_answered_with(revision) for thread in place.threads)
        ]

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """The complaints of all places, for the error summary."""
        return [complaint for place in self.places.values() for complaint in place.complaints]

    def fill(self, state: PageState, complaints: Mapping[str, str]) -> None:
        """Put into each box what was typed in it, with what is wrong with that."""
        for place in self.places.values():
            for typed in place.boxes:
                typed.text = state.texts.get(typed.name, "")
                typed.complaint = complaints.get(typed.name, "")


_IN_ORDER: Final = ("thread__opened_at", "thread_id", "written_at", "pk")


def comments_on(registration: Registration) -> PageComments:
    """All comments and desk notes: three statements, two without mentions."""
    places = {name: Place(name) for name in ("", *FIELDS)}
    threads: dict[int, ThreadOnDesk] = {}
    said = Comment.objects.filter(thread__registration=registration)
    for comment in said.select_related("author", "thread__resolved_by").order_by(*_IN_ORDER):
        if comment.thread_id not in threads:
            threads[comment.thread_id] = ThreadOnDesk(comment.thread, [])
            places[comment.thread.field].threads.append(threads[comment.thread_id])
        threads[comment.thread_id].comments.append(comment)
    mentioned = Mention.objects.select_related("person").order_by("person__full_name", "person__email")
    mentions = Prefetch("mentions", mentioned)
    for note in registration.desk_notes.select_related("author").prefetch_related(mentions):
        places[note.field].notes.append(note)
    return PageComments(places)
