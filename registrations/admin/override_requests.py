"""What the partner asks a reviewer, value by value, and what was answered (rule G-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from registrations.admin.forms import OverrideForm
from registrations.models import Override, Registration, Revision
from registrations.rules.overrides import OverrideRequest

TypedReasons = Mapping[tuple[str, str], str]
"""Reasons that were typed already, by rule and value."""


class OverrideRequestRow(NamedTuple):
    """One question; it has either its answer or the form that gives one."""

    request: OverrideRequest
    answer: Override | None
    form: OverrideForm


def override_request_rows(
    registration: Registration, revision: Revision, *, sent: OverrideForm | None, typed: TypedReasons
) -> list[OverrideRequestRow]:
    """All that the revision asks; ``sent`` is a form that came back with errors."""
    requests = revision.override_requests()
    if not requests:
        return []
    answers = {
        (answer.rule, answer.value): answer for answer in registration.overrides.select_related("decided_by")
    }
    return [
        OverrideRequestRow(request, answers.get(request.pair), _form(number, request, revision, sent, typed))
        for number, request in enumerate(requests)
    ]


def _form(
    number: int, request: OverrideRequest, revision: Revision, sent: OverrideForm | None, typed: TypedReasons
) -> OverrideForm:
    """With ids of its own, since a page can hold several."""
    if sent is not None and (sent.data.get("rule"), sent.data.get("value")) == request.pair:
        form = sent
    else:
        form = OverrideForm(
            initial={
                "override": "accept",
                "rule": request.rule,
                "value": request.value,
                "seen_version": revision.number,
                "override_reason": typed.get(request.pair, ""),
            }
        )
    form.auto_id = f"id_override_{number}_%s"
    return form
