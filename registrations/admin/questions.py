"""What the partner asks a reviewer, value by value, and what was answered (rule G-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from registrations.admin.forms import OverrideForm
from registrations.models import Override, Registration, Revision
from registrations.rules.overrides import Asked

Typed = Mapping[tuple[str, str], str]
"""Reasons that were typed already, by rule and value."""


class Question(NamedTuple):
    """One question; it has either its answer or the form that gives one."""

    asked: Asked
    answer: Override | None
    form: OverrideForm


def questions_of(
    registration: Registration, revision: Revision, *, sent: OverrideForm | None, typed: Typed
) -> list[Question]:
    """All that the revision asks; ``sent`` is a form that came back with errors."""
    asked = revision.asked()
    if not asked:
        return []
    answers = {
        (answer.rule, answer.value): answer for answer in registration.overrides.select_related("decided_by")
    }
    return [
        Question(question, answers.get(question.pair), _form(number, question, revision, sent, typed))
        for number, question in enumerate(asked)
    ]


def _form(
    number: int, asked: Asked, revision: Revision, sent: OverrideForm | None, typed: Typed
) -> OverrideForm:
    """With ids of its own, since a page can hold several."""
    if sent is not None and (sent.data.get("rule"), sent.data.get("value")) == asked.pair:
        form = sent
    else:
        form = OverrideForm(
            initial={
                "override": "accept",
                "rule": asked.rule,
                "value": asked.value,
                "seen_version": revision.number,
                "override_reason": typed.get(asked.pair, ""),
            }
        )
    form.auto_id = f"id_question_{number}_%s"
    return form
