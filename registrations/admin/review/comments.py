"""Comments on the review page: the threads about each field, and the form to write in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Prefetch

from portal.accounts.models import User
from registrations import permissions
from registrations.admin.forms import SeenForm
from registrations.forms.controls import FreeText, storable
from registrations.models import Comment, DeskNote, Mention, Registration, Revision, Thread
from registrations.rules.record_fields import FIELDS, LABELS
from registrations.workflow import comments as verbs

THE_WHOLE: Final = "The whole registration"
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
    """One action of a reviewer in the comments; ``comment_action`` says which."""

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
        return field if field in FIELDS else ""

    @property
    def anchor(self) -> str:
        """The id of the comments on the page."""
        return f"comments-{self.about or 'whole'}"

    @property
    def text(self) -> str:
        """The posted text, for the page to show again."""
        name = _TEXTS.get(self.action, "")
        return storable(str(self.data.get(name, ""))) if name else ""

    @property
    def mentioned(self) -> list[User]:
        """Whom a note should mention, for the page to tick again."""
        return list(self.cleaned_data.get("tell") or ())

    @property
    def complaint(self) -> str:
        """What is wrong with the posted text."""
        return " ".join(str(words) for found in self.errors.values() for words in found)

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


@dataclass
class TypedText:
    """Text that is shown again after an error, in the text field with this id.

    ``complaint`` says what is wrong with it.
    """

    id: str
    text: str = ""
    complaint: str = ""

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
        self.reply = TypedText(f"id_reply_{self.thread.uuid}")

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
    mentioned: list[User] = dataclasses.field(default_factory=list)
    comment: TypedText = dataclasses.field(init=False)
    note: TypedText = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.comment = TypedText(f"id_to_partner_{self.key}")
        self.note = TypedText(f"id_desk_note_{self.key}")

    @property
    def key(self) -> str:
        return self.field or "whole"

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
        """Whether one of its forms is shown again after an error."""
        return self.comment.is_shown_again or self.note.is_shown_again

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """Id of each wrong text field, and its error with the label of the place, for the error summary."""
        written = [self.comment, self.note, *(thread.reply for thread in self.threads)]
        return [(typed.id, f"{self.label}: {typed.complaint}") for typed in written if typed.complaint]


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

    def show_again(self, sent: CommentForm) -> None:
        """Put the text of a refused form back where it was typed.

        A reply to a thread that no longer exists goes into the form for a new comment on its field.
        """
        place = self.places[sent.about]
        threads = {str(each.thread.uuid): each for other in self.places.values() for each in other.threads}
        answered = threads.get(str(sent.cleaned_data.get("thread")))
        match sent.action:
            case "note":
                field, place.mentioned = place.note, sent.mentioned
            case "reply" if answered is not None:
                field = answered.reply
            case "comment" | "reply":
                field = place.comment
            case _:
                return
        field.text, field.complaint = sent.text, sent.complaint


def comments_on(registration: Registration, sent: CommentForm | None = None) -> PageComments:
    """All comments and desk notes; four queries. ``sent`` is a form that is shown again after an error."""
    said = Comment.objects.select_related("author")
    threads = registration.threads.select_related("resolved_by").prefetch_related(Prefetch("comments", said))
    places = {name: Place(name) for name in ("", *FIELDS)}
    for thread in threads:
        places[thread.field].threads.append(ThreadOnDesk(thread, list(thread.comments.all())))
    mentioned = Mention.objects.select_related("person").order_by("person__full_name", "person__email")
    mentions = Prefetch("mentions", mentioned)
    for note in registration.desk_notes.select_related("author").prefetch_related(mentions):
        places[note.field].notes.append(note)
    found = PageComments(places)
    if sent is not None:
        found.show_again(sent)
    return found
