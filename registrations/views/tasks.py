"""What the partner of a live client has left to do, although its status asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from registrations.domain.lifecycle import USABLE_SECRETS, RegistrationStatus, SecretStatus
from registrations.models import ClientSecret
from registrations.queries.comments import answers_of, open_threads, unanswered
from registrations.queries.overview import RegistrationOverview
from registrations.rules.vocabulary import PkceSupport

_REVEAL: Final = "Reveal the client secret before {day}: it is destroyed then."
_ISSUE: Final = "The client has no secret that works. Issue a new one, and reveal it."
_SUBMIT: Final = "Your draft is not submitted yet. Check and submit it, or discard it."
_MEND: Final = "Your last change was {how}. Change what the reviewer names and submit again, or discard it."
_ANSWER: Final = (
    "A reviewer asks about: {what}. Choose “{edit}”, write the answer beside the question, and submit it."
)
_PKCE: Final = (
    "The PKCE exception has ended, so PKCE is required. Let the client use it, or ask for another exception."
)

_SECRETS: Final = "Go to the secrets"
_FORM: Final = "Go to the form"


class Task(NamedTuple):
    """What to do, and the page where it is done."""

    text: str
    words: str
    url: str


def tasks(found: RegistrationOverview, secrets: Sequence[ClientSecret], *, is_changed: bool) -> list[Task]:
    """The tasks of a live client, most urgent first; none for others. Runs no query of its own.

    ``is_changed`` is whether the draft differs from the live revision.
    """
    if not found.live or not found.is_open:
        return []
    mine = [*_of_secrets(found, secrets), *(_of_drafts(found, is_changed) if found.is_editable else ())]
    return [Task(text, words, reverse(page, args=[found.registration.uuid])) for text, words, page in mine]


def edit_words(found: RegistrationOverview) -> str:
    """The label of the link to the form."""
    if not found.live:
        return "Edit"
    return "Edit the change" if found.draft else "Change this client"


_TaskRow = tuple[str, str, str]


def _of_secrets(found: RegistrationOverview, secrets: Iterable[ClientSecret]) -> Iterator[_TaskRow]:
    """Tasks about secrets, only for an active client: a suspended one can reveal or issue none."""
    if found.registration.stage is not RegistrationStatus.ACTIVE:
        return
    now = timezone.now()
    by_status = {secret.status_at(now): secret for secret in secrets}
    if sealed := by_status.get(SecretStatus.SEALED):
        day = date_format(sealed.reveal_until, "j F Y")
        yield _REVEAL.format(day=day), _SECRETS, "registrations:credentials"
    elif not USABLE_SECRETS & set(by_status):
        yield _ISSUE, _SECRETS, "registrations:credentials"


def _of_drafts(found: RegistrationOverview, is_changed: bool) -> Iterator[_TaskRow]:
    answers = answers_of(found.draft.data) if found.draft else {}
    asking = open_threads(found.registration)
    if found.came_back:
        yield _MEND.format(how=found.came_back), _FORM, "registrations:edit"
    elif is_changed or any(one.uuid in answers for one in asking):
        yield _SUBMIT, "Go to the check", "registrations:check"
    if asked := unanswered(asking, answers):
        what = ", ".join(dict.fromkeys(one.label for one in asked))
        yield _ANSWER.format(what=what, edit=edit_words(found)), _FORM, "registrations:edit"
    if _has_outlived_its_exception(found):
        yield _PKCE, _FORM, "registrations:edit"


def _has_outlived_its_exception(found: RegistrationOverview) -> bool:
    """Whether the live revision needs an exception, none is in force, and no draft requests one."""
    if found.live is None or found.live.pkce_support == PkceSupport.SUPPORTED or found.is_excepted:
        return False
    return found.draft is None or found.draft.metadata().pkce_support == PkceSupport.SUPPORTED
