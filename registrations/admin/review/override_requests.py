"""The partner's override requests on the review page, and the answers to them (rule G-06)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django import forms

from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.models import Override, Registration, Revision
from registrations.rules.overrides import OverrideRequest
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

TypedReasons = Mapping[tuple[str, str], str]
"""Reasons that were typed already, by rule and value."""


class OverrideForm(SeenForm):
    """Accept one value that a rule rejects, as the partner requested (rule G-06)."""

    override = forms.ChoiceField(
        choices=[("accept", "Accept")],
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), UNKNOWN_PAGE),
    )
    rule = forms.CharField(widget=forms.HiddenInput, error_messages={"required": UNKNOWN_PAGE})
    value = forms.CharField(strip=False, widget=forms.HiddenInput, error_messages={"required": UNKNOWN_PAGE})
    override_reason = forms.CharField(
        label="Why you accept it",
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you accept it: the reason stays on record."},
    )


class OverrideRequestRow(NamedTuple):
    """One override request, with its answer if there is one, and the form to accept it."""

    request: OverrideRequest
    answer: Override | None
    form: OverrideForm


def override_request_rows(
    registration: Registration, revision: Revision, *, sent: OverrideForm | None, typed: TypedReasons
) -> list[OverrideRequestRow]:
    """The override requests of the revision; ``sent`` is a form shown again after an error."""
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
    """The form for one request, with ids of its own, because a page can hold several."""
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
