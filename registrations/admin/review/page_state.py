"""What one reviewer has typed and chosen on the review page, which is one form with many buttons.

Each button posts all of it. It does its one thing, and the rest is kept for the next time that this reviewer
opens the page, wherever that is.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.http import QueryDict

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from registrations import permissions
from registrations.forms.controls import storable
from registrations.models import Registration, ReviewDraft
from registrations.workflow import review_drafts
from registrations.workflow.checklist import Ticks

WHOLE_PAGE: Final = "draft"
"""Posted by the page itself, with the version of what it was filled with. Other posts keep nothing."""
CAME_WITH: Final = "initial-"
"""Before the name of a field: posts the text that the page put into it."""
_TEXT: Final = re.compile(
    r"note|refused_because|pkce_(?:note|reason|expires_on)|(?:to_partner|desk_note|reply|override_reason)-[\w-]{1,64}"
)
_CHOICES: Final = ("decision", "granted", "reasons", "composed", "ticks", "were", "pkce_preset")
OF_DECISION: Final = frozenset(
    {"decision", "note", "refused_because", "granted", "reasons", "composed", "ticks", "were"}
)
"""What a decision uses up."""
OF_PKCE: Final = frozenset({"pkce_preset", "pkce_expires_on", "pkce_note", "pkce_reason"})
"""What a decision on the PKCE exception uses up."""
_LONGEST_NUMBER: Final = 9


class Written(NamedTuple):
    """A text that waits in a box of the comments: the name of the box, and what it says."""

    name: str
    text: str

    @property
    def kind(self) -> str:
        """``to_partner``, ``reply`` or ``desk_note``."""
        return self.name.partition("-")[0]


@dataclass(frozen=True)
class PageState:
    """Texts and choices by the names of the page's fields.

    ``seen_version`` is the number of the revision that was on the page, 0 for none. ``version`` is that of
    what is kept, 0 where nothing is. ``joined`` are the fields to which another tab has added a text that was
    not on the page.
    """

    seen_version: int = 0
    version: int = 0
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    joined: frozenset[str] = frozenset()

    @classmethod
    def posted(cls, data: QueryDict) -> PageState:
        """What was posted, with anything that the page has no field for left out, and so is a text that the
        page came with: nobody typed that."""
        texts = {name: _clean(str(data[name])) for name in data if _TEXT.fullmatch(name)}
        came = {name: _clean(str(data.get(f"{CAME_WITH}{name}", ""))) for name in texts}
        texts = {name: text for name, text in texts.items() if text != came[name] or not text}
        choices = {
            name: [_clean(str(one)) for one in data.getlist(name)] for name in _CHOICES if name in data
        }
        return cls(_number(data.get("seen_version", "")), _number(data.get(WHOLE_PAGE, "")), texts, choices)

    @classmethod
    def kept(cls, draft: ReviewDraft | None) -> PageState:
        """What was kept."""
        if draft is None:
            return cls()
        return cls(draft.seen_version, draft.version, draft.texts, draft.choices)

    @property
    def ticks(self) -> Ticks:
        """The boxes of the checklist, as they were loaded and as they are."""
        return Ticks(frozenset(self.choices.get("were", ())), frozenset(self.choices.get("ticks", ())))

    @property
    def of_pkce(self) -> dict[str, str]:
        """What was typed and chosen about the PKCE exception."""
        chosen = {name: values[0] for name, values in self.choices.items() if name in OF_PKCE and values}
        return {name: text for name, text in self.texts.items() if name in OF_PKCE} | chosen

    @property
    def written(self) -> Iterator[Written]:
        """The texts in the boxes of the comments, each of which a button of its own would save."""
        for name, text in self.texts.items():
            if name.startswith(("to_partner-", "reply-", "desk_note-")) and text.strip():
                yield Written(name, text)

    def holding(self, name: str, text: str) -> PageState:
        """The same with another text in the field."""
        return dataclasses.replace(self, texts={**self.texts, name: text})

    def without(self, names: Collection[str]) -> PageState:
        """The same without these fields."""
        texts = {name: text for name, text in self.texts.items() if name not in names}
        choices = {name: chosen for name, chosen in self.choices.items() if name not in names}
        return dataclasses.replace(self, texts=texts, choices=choices)


def kept_for(registration: Registration, user: User) -> PageState:
    """What this reviewer has typed on its page and not sent: one statement."""
    return PageState.kept(ReviewDraft.objects.filter(registration=registration, reviewer=user).first())


def take(request: SignedInRequest, registration: Registration) -> PageState:
    """What was posted; what comes from the page itself is kept first."""
    state = PageState.posted(request.POST)
    if not state.seen_version:
        return state
    kept = _keep(request, registration, state)
    joined = frozenset(name for name, text in kept.texts.items() if text != state.texts.get(name))
    return dataclasses.replace(kept, joined=joined)


def settle(
    request: SignedInRequest, registration: Registration, state: PageState, done: Collection[str]
) -> PageState:
    """Keep no longer what a button has just used up."""
    return _keep(request, registration, state.without(done))


def forget(request: SignedInRequest, registration: Registration, done: Collection[str]) -> None:
    """Keep no longer what another page has just used up."""
    _store(request.user, registration, kept_for(registration, request.user).without(done))


def _keep(request: SignedInRequest, registration: Registration, state: PageState) -> PageState:
    if WHOLE_PAGE not in request.POST or not permissions.can_review(request.user, registration):
        return state
    return _store(request.user, registration, state)


def _store(user: User, registration: Registration, state: PageState) -> PageState:
    draft = review_drafts.keep(
        registration.uuid,
        by=user,
        seen_version=max(state.seen_version, 1),
        seen_draft=state.version,
        texts=state.texts,
        choices=state.choices,
    )
    return PageState.kept(draft) if draft else dataclasses.replace(state, version=0)


def _clean(text: str) -> str:
    """The text as the database can store it."""
    return storable(text).replace("\x00", "").replace("\r\n", "\n")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
