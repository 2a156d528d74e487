"""Answers to reviewers' comments in the form: one text field ``answer-<thread>`` per open thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from registrations.forms.controls import TypedText, complaints, storable
from registrations.queries.comments import PartnerThread, answers_of
from registrations.rules.free_text import is_blank, problem
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

_TEXT: Final = TypedText(max_length=MAX_TEXT_LENGTH)


class Answer(NamedTuple):
    """An open thread, the answer to it, and why that answer cannot be stored, if so."""

    thread: PartnerThread
    text: str
    complaint: str = ""

    @property
    def name(self) -> str:
        """The name of its form field."""
        return f"answer-{self.thread.uuid}"


def stored_answers(threads: Iterable[PartnerThread], data: Mapping[str, Any]) -> list[Answer]:
    """The answers that a draft holds."""
    answers = answers_of(data)
    return [Answer(one, storable(answers.get(one.uuid, ""))) for one in threads]


def posted_answers(threads: Iterable[PartnerThread], values: Mapping[str, Any]) -> list[Answer]:
    """The posted answers; those to other threads are not even read."""
    answers = []
    for one in threads:
        text = str(values.get(f"answer-{one.uuid}", ""))
        answers.append(Answer(one, storable(text), " ".join(complaints(_TEXT, text)) or problem(text)))
    return answers


def to_store(answers: Sequence[Answer]) -> dict[str, str]:
    """The answers that the draft stores, by thread."""
    return {str(one.thread.uuid): one.text for one in answers if not is_blank(one.text) and not one.complaint}
