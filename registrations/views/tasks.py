"""What waits for the partner of a client: the list and the page of the client show the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from registrations.domain.draft_data import value_in
from registrations.domain.lifecycle import RegistrationStatus
from registrations.forms.status_words import STATUS_WORDS
from registrations.queries.client_list import ENDS_SOON, waiting_in
from registrations.queries.comments import answers_of, label_of, open_threads, unanswered
from registrations.queries.overview import RegistrationOverview
from registrations.queries.secrets import ClientSecrets, has_working_secret
from registrations.rules.vocabulary import PkceSupport


class Task(NamedTuple):
    """What to do, and the page where it is done; the most urgent has the least ``urgency``."""

    text: str
    words: str
    url: str
    urgency: int = 0


@dataclass(frozen=True)
class TaskFacts:
    """What tasks are about, as the list and the page of a client have read it.

    ``sealed_until`` is until when a secret can be revealed, ``any_secret`` whether one waits or works;
    ``is_changed`` is whether there is a draft that differs from what is live, ``is_answering`` whether it
    answers a question; ``unanswered`` names what reviewers ask about without an answer; ``excepted_until``
    is the last day of the PKCE exception, ``drafted_support`` the PKCE support in the draft, if there is one.
    """

    overview: RegistrationOverview
    sealed_until: datetime | None
    any_secret: bool
    is_changed: bool
    is_answering: bool
    unanswered: Sequence[str]
    excepted_until: date | None
    drafted_support: str

    @classmethod
    def of(
        cls,
        overview: RegistrationOverview,
        secrets: ClientSecrets,
        *,
        is_changed: bool,
        excepted_until: date | None,
    ) -> TaskFacts:
        """The facts as the client's own page reads them."""
        threads = open_threads(overview.registration)
        answers = answers_of(overview.draft.data) if overview.draft else {}
        return cls(
            overview,
            sealed_until=secrets.sealed.reveal_until if secrets.sealed else None,
            any_secret=secrets.any_revocable,
            is_changed=is_changed,
            is_answering=any(one.uuid in answers for one in threads),
            unanswered=[one.label for one in unanswered(threads, answers)],
            excepted_until=excepted_until,
            drafted_support=overview.draft_record.pkce_support if overview.draft else "",
        )

    @classmethod
    def listed(cls, overview: RegistrationOverview) -> TaskFacts:
        """The facts as the list reads them, which takes every draft for a change."""
        waiting = waiting_in(overview.registration)
        answers = answers_of(overview.draft.data) if overview.draft else {}
        asking = [one for one in waiting.questions if UUID(one["uuid"]) not in answers]
        return cls(
            overview,
            sealed_until=waiting.sealed_until,
            any_secret=waiting.sealed_until is not None or has_working_secret(overview.registration),
            is_changed=overview.draft is not None,
            is_answering=False,
            unanswered=[label_of(one["field"]) for one in asking],
            excepted_until=waiting.excepted_until,
            drafted_support=value_in(overview.draft.data, "pkce_support") if overview.draft else "",
        )

    @property
    def is_active(self) -> bool:
        """Whether secrets can be revealed and issued: not while the client is suspended."""
        return self.overview.registration.stage is RegistrationStatus.ACTIVE

    @property
    def needs_exception(self) -> bool:
        """Whether the live revision does not support PKCE, and the partner could change that."""
        live = self.overview.live
        if live is None or not self.overview.is_editable:
            return False
        return live.pkce_support == PkceSupport.EXCEPTION_REQUESTED


def reveal_secret(client: TaskFacts) -> str:
    """A secret waits to be revealed."""
    if not client.is_active or not client.sealed_until:
        return ""
    day = date_format(client.sealed_until, "j F Y")
    return f"Reveal the client secret until {day}. After that it is destroyed."


def issue_secret(client: TaskFacts) -> str:
    """No secret works, and none waits."""
    if not client.is_active or client.any_secret:
        return ""
    return "The client has no working secret. Issue a new one and reveal it."


def submit_again(client: TaskFacts) -> str:
    """The last change came back, and its draft was not discarded."""
    how, draft = client.overview.came_back, client.overview.draft
    if not client.overview.is_editable or not how or not draft:
        return ""
    return f"Your last change was {how}. Fix the problem and submit again, or discard the draft."


def submit_draft(client: TaskFacts) -> str:
    """The draft differs from what is live, or answers a reviewer."""
    if not client.overview.is_editable or client.overview.came_back:
        return ""
    if not client.is_changed and not client.is_answering:
        return ""
    return "You have not submitted your draft yet. Check and submit it, or discard it."


def answer_reviewer(client: TaskFacts) -> str:
    """A reviewer's comment has no answer."""
    if not client.overview.is_editable or not client.unanswered:
        return ""
    what = ", ".join(dict.fromkeys(client.unanswered))
    return f"Pleo asks about: {what}. Write your answer next to the comment and submit."


def renew_exception(client: TaskFacts) -> str:
    """The PKCE exception ends soon, and neither the live revision nor a draft does without it."""
    last = client.excepted_until
    if last is None or last > timezone.now().date() + ENDS_SOON:
        return ""
    if not client.needs_exception or client.drafted_support == PkceSupport.SUPPORTED:
        return ""
    day = date_format(last, "j F Y")
    return f"The PKCE exception ends on {day}. Support PKCE by then, or ask for more time."


def support_pkce(client: TaskFacts) -> str:
    """The live revision needs an exception, none is in force, and no draft requests one."""
    if client.excepted_until or not client.needs_exception:
        return ""
    if client.drafted_support == PkceSupport.EXCEPTION_REQUESTED:
        return ""
    return "The PKCE exception has ended, so PKCE is required. Support PKCE, or request another exception."


_TASKS: Final[Sequence[tuple[Callable[[TaskFacts], str], str]]] = (
    (reveal_secret, "credentials"),
    (issue_secret, "credentials"),
    (submit_again, "edit"),
    (submit_draft, "check"),
    (answer_reviewer, "edit"),
    (renew_exception, "edit"),
    (support_pkce, "edit"),
)
"""Each task with the page where it is done, the most urgent first; its text is empty where there is nothing
to do."""


def tasks(client: TaskFacts) -> list[Task]:
    """What waits for the partner, most urgent first: the tasks of a live client, else the next step of its
    status. Runs no query of its own."""
    overview = client.overview
    if not overview.is_open:
        return []
    found = []
    for urgency, (text_of, page) in enumerate(_TASKS if overview.live else ()):
        if text := text_of(client):
            found.append(task_on(page, overview, text, urgency))
    if not found and overview.awaits_partner:
        found.append(task_on("edit", overview, STATUS_WORDS[overview.step_key].next_step, len(_TASKS)))
    return found


def task_on(page: str, overview: RegistrationOverview, text: str = "", urgency: int = 0) -> Task:
    """What is done on that page of the client."""
    words = {"credentials": "Go to the credentials", "check": "Check and submit", "edit": overview.edit_label}
    url = reverse(f"registrations:{page}", args=[overview.registration.uuid])
    return Task(text, words[page], url, urgency)
