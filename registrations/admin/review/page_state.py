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
from registrations import permissions
from registrations.forms.controls import storable
from registrations.models import Registration, ReviewDraft
from registrations.workflow import review_drafts
from registrations.workflow.checklist import Ticks

WHOLE_PAGE: Final = "draft"
"""Posted by the page itself, with the version of what it was filled with. Other posts keep nothing."""
ONLY: Final = "only"
"""Posted by a page that has one box of the review page, with its name: the rest stays as it was kept."""
CAME_WITH: Final = "initial-"
"""Before the name of a field: posts the text that the page put into it."""
_TEXT: Final = re.compile(
    r"note|refused_because|pkce_(?:note|reason|expires_on)|(?:to_partner|desk_note|reply|override_reason)-[\w-]{1,64}"
)
_CHOICES: Final = ("decision", "granted", "reasons", "composed", "ticks", "were", "pkce_preset")
OTHER_TAB: Final = (
    "You typed something else here in another tab. Both texts are here now: look, then press again."
)
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
        return dataclasses.replace(self, texts={**self.texts, name: _clean(text)})

    def without(self, names: Collection[str]) -> PageState:
        """The same without these fields."""
        texts = {name: text for name, text in self.texts.items() if name not in names}
        choices = {name: chosen for name, chosen in self.choices.items() if name not in names}
        return dataclasses.replace(self, texts=texts, choices=choices)


def sent_before(typed: QueryDict, kept: PageState) -> PageState:
    """What was sent once and not acted on, over what is kept.

    Where something newer is kept, the next post brings both together. A page with one box, and a script,
    posted only a part.
    """
    state = PageState.posted(typed)
    if WHOLE_PAGE not in typed or ONLY in typed:
        choices = {**kept.choices, **state.choices}
        return dataclasses.replace(
            kept, seen_version=state.seen_version, texts={**kept.texts, **state.texts}, choices=choices
        )
    texts = {name: text for name, text in state.texts.items() if text.strip()}
    return dataclasses.replace(state, version=kept.version) if texts == kept.texts else state


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
) -> None:
    """Keep no longer what a button has just used up, as it was in ``state``; what was typed since stays."""
    if _keeps(request, registration):
        review_drafts.use(
            registration.uuid,
            by=request.user,
            seen_version=state.seen_version,
            texts={name: text for name, text in state.texts.items() if name in done},
            choices=[name for name in state.choices if name in done],
        )


def _keep(request: SignedInRequest, registration: Registration, state: PageState) -> PageState:
    if not _keeps(request, registration):
        return state
    draft = review_drafts.keep(
        registration.uuid,
        by=request.user,
        seen_version=max(state.seen_version, 1),
        seen_draft=state.version,
        texts=state.texts,
        choices=state.choices,
        only=request.POST.get(ONLY, ""),
    )
    return PageState.kept(draft) if draft else dataclasses.replace(state, version=0)


def _keeps(request: SignedInRequest, registration: Registration) -> bool:
    """Whether the page was posted, by somebody for whom it is kept."""
    return WHOLE_PAGE in request.POST and permissions.can_review(request.user, registration)


def _clean(text: str) -> str:
    """The text as the database can store it."""
    return storable(text).replace("\x00", "").replace("\r\n", "\n")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
