"""What the partner of a live client has left to do, although its status asks for nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format

from registrations.domain.lifecycle import RegistrationStatus
from registrations.queries.comments import PartnerThread, answers_of, open_threads, unanswered
from registrations.queries.overview import RegistrationOverview
from registrations.queries.secrets import ClientSecrets
from registrations.rules.vocabulary import PkceSupport


class Task(NamedTuple):
    """What to do, and the page where it is done."""

    text: str
    words: str
    url: str


@dataclass(frozen=True)
class LiveClient:
    """What tasks are about. ``is_changed`` is whether the draft differs from the live revision."""

    overview: RegistrationOverview
    secrets: ClientSecrets
    is_changed: bool

    @property
    def is_active(self) -> bool:
        """Whether secrets can be revealed and issued: not while the client is suspended."""
        return self.overview.registration.stage is RegistrationStatus.ACTIVE

    @cached_property
    def threads(self) -> Sequence[PartnerThread]:
        return open_threads(self.overview.registration)

    @cached_property
    def answers(self) -> Mapping[UUID, str]:
        """The answers in the draft to the reviewers' comments."""
        return answers_of(self.overview.draft.data) if self.overview.draft else {}


def reveal_secret(client: LiveClient) -> str:
    """A secret waits to be revealed."""
    if not client.is_active or not client.secrets.sealed:
        return ""
    day = date_format(client.secrets.sealed.reveal_until, "j F Y")
    return f"Reveal the client secret before {day}. After that it is destroyed."


def issue_secret(client: LiveClient) -> str:
    """No secret works, and none waits."""
    if not client.is_active or client.secrets.any_revocable:
        return ""
    return "The client has no working secret. Issue a new one and reveal it."


def submit_again(client: LiveClient) -> str:
    """The last change came back, and its draft was not discarded."""
    how, draft = client.overview.came_back, client.overview.draft
    if not client.overview.is_editable or not how or not draft:
        return ""
    return f"Your last change was {how}. Fix the problem and submit again, or discard the draft."


def submit_draft(client: LiveClient) -> str:
    """The draft differs from what is live, or answers a reviewer."""
    if not client.overview.is_editable or client.overview.came_back:
        return ""
    is_answering = any(one.uuid in client.answers for one in client.threads)
    if not client.is_changed and not is_answering:
        return ""
    return "You have not submitted your draft yet. Check and submit it, or discard it."


def answer_reviewer(client: LiveClient) -> str:
    """A reviewer's comment has no answer."""
    waiting = unanswered(client.threads, client.answers)
    if not client.overview.is_editable or not waiting:
        return ""
    what = ", ".join(dict.fromkeys(one.label for one in waiting))
    return f"Pleo asks about: {what}. Write your answer next to the comment and submit."


def support_pkce(client: LiveClient) -> str:
    """The live revision needs an exception, none is in force, and no draft requests one."""
    overview, supported = client.overview, PkceSupport.SUPPORTED
    if not overview.live or not overview.is_editable or overview.is_excepted:
        return ""
    if overview.live.pkce_support == supported:
        return ""
    if overview.draft and overview.draft_record.pkce_support != supported:
        return ""
    return "The PKCE exception has ended, so PKCE is required. Support PKCE, or request another exception."


_TASKS: Final[Sequence[tuple[Callable[[LiveClient], str], str]]] = (
    (reveal_secret, "credentials"),
    (issue_secret, "credentials"),
    (submit_again, "edit"),
    (submit_draft, "check"),
    (answer_reviewer, "edit"),
    (support_pkce, "edit"),
)
"""Each task with the page where it is done, the most urgent first; its text is empty where there is nothing
to do."""


def tasks(client: LiveClient) -> list[Task]:
    """The tasks of a live client, most urgent first; none for others. Runs no query of its own."""
    overview = client.overview
    if not overview.live or not overview.is_open:
        return []
    links = {"credentials": "Go to the credentials", "check": "Check and submit", "edit": overview.edit_label}
    return [
        Task(text, links[page], reverse(f"registrations:{page}", args=[overview.registration.uuid]))
        for text_of, page in _TASKS
        if (text := text_of(client))
    ]
