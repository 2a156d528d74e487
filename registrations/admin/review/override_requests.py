"""The partner's override requests on the review page, and the answers to them (rule G-06)."""

from __future__ import annotations

from typing import NamedTuple

from django import forms

from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.forms.controls import FreeText
from registrations.models import Override, Registration, Revision
from registrations.rules.overrides import OverrideRequest


class OverrideForm(SeenForm):
    """Accept one value that a rule rejects, as the partner requested (rule G-06)."""

    override = forms.ChoiceField(
        choices=[("accept", "Accept")],
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), UNKNOWN_PAGE),
    )
    rule = forms.CharField(widget=forms.HiddenInput, error_messages={"required": UNKNOWN_PAGE})
    value = forms.CharField(strip=False, widget=forms.HiddenInput, error_messages={"required": UNKNOWN_PAGE})
    override_reason = FreeText(
        label="Why you accept it",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why you accept it. The reason stays on record."},
    )

    @property
    def pair(self) -> tuple[object, object]:
        """The posted rule and value, which name the request."""
        return self.data.get("rule"), self.data.get("value")


class OverrideRequestRow(NamedTuple):
    """One override request, with its answer if there is one, and the form to accept it."""

    request: OverrideRequest
    answer: Override | None
    form: OverrideForm


def override_request_rows(
    registration: Registration, revision: Revision, *, sent: OverrideForm | None, is_refused: bool
) -> list[OverrideRequestRow]:
    """The override requests of the revision; ``sent`` is a form that is shown again.

    If the verb refused it, a new form about this revision holds the reason that was typed. A page can hold
    several forms, so each has ids of its own.
    """
    requests = revision.override_requests()
    if not requests:
        return []
    given = registration.overrides.select_related("decided_by")
    answers = {(answer.rule, answer.value): answer for answer in given}
    rows = []
    for number, request in enumerate(requests):
        initial = {
            "override": "accept",
            "rule": request.rule,
            "value": request.value,
            "seen_version": revision.number,
        }
        if sent is None or sent.pair != request.pair:
            form = OverrideForm(initial=initial)
        elif is_refused:
            form = OverrideForm(initial=initial | {"override_reason": sent.cleaned_data["override_reason"]})
        else:
            form = sent
        form.auto_id = f"id_override_{number}_%s"
        rows.append(OverrideRequestRow(request, answers.get(request.pair), form))
    return rows
