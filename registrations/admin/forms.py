"""The reviewer's forms: a decision, one on a PKCE exception, an override, a reassignment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from portal.accounts.models import User
from registrations.admin.granting import GrantedField
from registrations.domain.lifecycle import DECISIONS
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

_LARGEST_NUMBER = 2**31 - 1
_CHOOSE = {"required": "Choose one.", "invalid_choice": "Choose one of these."}
UNKNOWN_PAGE = "The page was incomplete. Load it again and decide on what it shows then."
_DECISION_WORDS = {"approve": "Approve", "request_changes": "Request changes", "reject": "Reject"}


def problems(form: forms.Form | None) -> list[tuple[str, str]]:
    """Id of each wrong field, and its error with the field's label, for the error summary."""
    if form is None:
        return []
    wrong = [(form[name], words) for name, found in form.errors.items() for words in found]
    return [(field.auto_id, _named(field, words)) for field, words in wrong]


def _named(field: forms.BoundField, words: object) -> str:
    return str(words) if field.is_hidden else f"{field.label}: {words}"


class SeenForm(forms.Form):
    """A form that says which revision was on the page."""

    seen_version = forms.IntegerField(
        min_value=1,
        max_value=_LARGEST_NUMBER,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), UNKNOWN_PAGE),
    )


class DecisionForm(SeenForm):
    """Approve, request changes or reject.

    The last two need a note that tells the partner what to do, unless comments are sent with the
    decision; ``comments`` is how many are.
    """

    decision = forms.ChoiceField(
        choices=[(name, _DECISION_WORDS[name]) for name in DECISIONS],
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    note = forms.CharField(
        label="Note to the partner",
        required=False,
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    despite_claim = forms.BooleanField(label="Claim", required=False)
    granted = GrantedField(label="Scopes to grant", required=False)

    def __init__(self, *args: Any, comments: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comments = comments

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        turns_down = cleaned.get("decision") in ("request_changes", "reject")
        if turns_down and not self.comments and "note" in cleaned and not cleaned["note"]:
            self.add_error("note", "Say what has to change and why: the partner reads it.")
        if cleaned.get("decision") == "approve" and cleaned.get("granted") == frozenset():
            self.add_error("granted", "Grant at least one scope, or request changes or reject it.")
        return cleaned


class Colleagues(forms.ModelChoiceField):
    """A choice of people, labelled by name and posted by pseudonym."""

    def label_from_instance(self, person: User) -> str:
        return person.get_full_name()


class ReassignForm(forms.Form):
    """Choose the colleague to whom a lead reassigns a review."""

    to = Colleagues(queryset=User.objects.none(), to_field_name="pseudonym", empty_label=None)

    def __init__(self, colleagues: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Colleagues = self.fields["to"]  # type: ignore[assignment]
        field.queryset = colleagues


class PkceForm(SeenForm):
    """Grant the exception until a date, or refuse it; the verb checks which dates are possible."""

    pkce_decision = forms.ChoiceField(
        label="Decision on the exception",
        choices=[("grant", "Grant"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    pkce_expires_on = forms.DateField(
        label="Last day of the exception",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day, for example 2027-03-31."},
    )
    pkce_note = forms.CharField(
        label="Note on the exception",
        required=False,
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_pkce_expires_on(self) -> Any:
        day = self.cleaned_data["pkce_expires_on"]
        if day is None and self.cleaned_data.get("pkce_decision") == "grant":
            raise ValidationError("Enter the last day on which the exception is in force.")
        return day


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
