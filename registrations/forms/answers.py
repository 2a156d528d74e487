"""Answers to what reviewers ask, as the form carries them: one text named ``answer-<thread>`` each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError

from registrations.forms.fields import TypedText, storable
from registrations.queries.comments import PartnerThread, answers_of
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

_TEXT: Final = TypedText(max_length=MAX_TEXT_LENGTH)


class Answer(NamedTuple):
    """An open thread, what was answered to it, and why that cannot be kept."""

    thread: PartnerThread
    text: str
    complaint: str = ""

    @property
    def name(self) -> str:
        """Of its text in the form."""
        return f"answer-{self.thread.uuid}"


def stored_answers(threads: Iterable[PartnerThread], data: Mapping[str, Any]) -> list[Answer]:
    """What a draft holds."""
    answers = answers_of(data)
    return [Answer(one, storable(answers.get(one.uuid, ""))) for one in threads]


def posted_answers(threads: Iterable[PartnerThread], values: Mapping[str, Any]) -> list[Answer]:
    """What was posted; answers to what nobody asks are not even read."""
    return [_posted(one, str(values.get(f"answer-{one.uuid}", ""))) for one in threads]


def to_store(answers: Sequence[Answer]) -> dict[str, str]:
    """What the draft keeps of them, by thread."""
    return {str(one.thread.uuid): one.text for one in answers if one.text.strip() and not one.complaint}


def _posted(thread: PartnerThread, text: str) -> Answer:
    try:
        _TEXT.clean(text)
    except ValidationError as error:
        return Answer(thread, storable(text), " ".join(error.messages))
    return Answer(thread, text)
