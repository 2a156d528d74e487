"""The partner's override requests on the review page, and the answers to them (rule G-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django import forms
from django.http import QueryDict

from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.admin.review.page_state import PageState
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

    @classmethod
    def of_button(cls, data: QueryDict) -> OverrideForm:
        """The form of the button that was pressed: the page names the request in it.

        Scripts, and the release before this one, post the fields of one form.
        """
        key = data.get("override", "")
        if f"rule-{key}" not in data:
            return cls(data)
        named = {name: data.get(f"{name}-{key}") for name in ("rule", "value", "override_reason")}
        return cls({**named, "override": "accept", "seen_version": data.get("seen_version")})

    @property
    def box(self) -> str:
        """The name of the page's field that holds the reason."""
        return f"override_reason-{key_of(str(self.data.get('rule')), str(self.data.get('value')))}"

    @property
    def has_only_wrong_reason(self) -> bool:
        """Whether all errors are about the reason, so that they can appear next to it."""
        return set(self.errors) <= {"override_reason"}


@dataclass(frozen=True)
class OverrideRequestRow:
    """One override request, with its answer if there is one, and the reason that was typed to accept it.

    ``key`` is what the names of its fields end with, ``complaint`` what is wrong with the reason.
    """

    request: OverrideRequest
    answer: Override | None
    key: str
    reason: str
    complaint: str

    @property
    def id(self) -> str:
        return f"id_override_reason_{self.key}"


def key_of(rule: str, value: str) -> str:
    """What names the request for the value in the page's fields, whichever revision is shown."""
    return sha256(f"{rule} {value}".encode()).hexdigest()[:16]


def override_request_rows(
    registration: Registration, revision: Revision, state: PageState, complaints: Mapping[str, str]
) -> list[OverrideRequestRow]:
    """The override requests of the revision, with what was typed to accept them: one statement, none without
    a request."""
    requests = revision.override_requests()
    if not requests:
        return []
    given = registration.overrides.in_environment(revision.environment).select_related("decided_by")
    answers = {(answer.rule, answer.value): answer for answer in given}
    rows = []
    for request in requests:
        key = key_of(request.rule, request.value)
        typed = f"override_reason-{key}"
        reason, complaint = state.texts.get(typed, ""), complaints.get(typed, "")
        rows.append(OverrideRequestRow(request, answers.get(request.pair), key, reason, complaint))
    return rows
