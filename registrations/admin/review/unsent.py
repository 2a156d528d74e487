"""Texts that a reviewer typed on the review page and that nothing has used yet."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from registrations.admin.review.page_state import PageState
from registrations.rules.record_fields import LABELS

UNSENT: Final = [
    ("send", "Save it, and send the comments with the decision"),
    ("keep", "Keep it for me, unsent"),
    ("drop", "Delete it"),
]
_KINDS: Final = {
    "to_partner": "Comment: {}",
    "reply": "Reply to a comment",
    "desk_note": "Desk note: {}",
    "override_reason": "Why you accept a value",
    "note": "Note to the partner",
    "pkce_note": "Note on the PKCE exception",
    "pkce_reason": "Why you refuse the PKCE exception",
    "refused_because": "Why you refuse scopes",
}


class HomelessText(NamedTuple):
    """A text whose box is no longer on the page, to be copied or deleted."""

    name: str
    text: str

    @property
    def id(self) -> str:
        return f"id_{self.name.replace('-', '_', 1)}"

    @property
    def label(self) -> str:
        return label_of(self.name)


def homeless_texts(state: PageState, boxes: Collection[str]) -> list[HomelessText]:
    """The texts whose box is none of those on the page."""
    texts = [HomelessText(name, text) for name, text in state.texts.items() if name not in boxes]
    return [one for one in texts if one.text.strip() and is_words(one.name)]


def is_words(name: str) -> bool:
    """Whether the field holds words, which would be missed."""
    return name.partition("-")[0] in _KINDS


def label_of(name: str) -> str:
    """What the text of a field of the page is."""
    kind, _, place = name.partition("-")
    return _KINDS.get(kind, kind).format(LABELS.get(place, "the whole registration"))
