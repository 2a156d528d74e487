"""The decision form: approve, request changes or reject, with prepared reasons and a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from registrations.admin.forms import CHOOSE, SeenForm
from registrations.admin.review.decision_notes import compose
from registrations.admin.review.scopes import GrantedField
from registrations.domain.lifecycle import DECISIONS
from registrations.models import DecisionReason
from registrations.rules.vocabulary import MAX_TEXT_LENGTH

_DECISION_WORDS: Final = {"approve": "Approve", "request_changes": "Request changes", "reject": "Reject"}
_TOO_LONG: Final = f"With the reasons it is longer than {MAX_TEXT_LENGTH} characters. Shorten it."
_GONE: Final = "One of these is not on offer any more. Choose again."
_UNFIT: Final[Mapping[str, str]] = {
    "approve": "An approval needs no reason. Choose none of these.",
    "request_changes": "Not for a request for changes: {}.",
    "reject": "Not for a rejection: {}.",
}


class DecisionForm(SeenForm):
    """Approve, request changes or reject.

    The last two need a note that tells the partner what to do, unless comments are sent with the
    decision; ``comments`` is how many are.
    """

    decision = forms.ChoiceField(
        choices=[(name, _DECISION_WORDS[name]) for name in DECISIONS],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
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


class Reasons(forms.ModelMultipleChoiceField):
    """A choice of reasons, posted by code and labelled by title."""

    def label_from_instance(self, reason: DecisionReason) -> str:
        if not reason.for_reject:
            return f"{reason.title} (request for changes only)"
        return reason.title if reason.for_request_changes else f"{reason.title} (rejection only)"


def _reasons(widget: type[forms.Widget]) -> Reasons:
    return Reasons(
        label="Prepared reasons",
        queryset=DecisionReason.objects.none(),
        to_field_name="code",
        required=False,
        widget=widget,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "invalid_list"), _GONE),
    )


class ReasonedDecisionForm(DecisionForm):
    """The decision form; ``composed`` are the reasons whose wording the note held when it was sent."""

    reasons = _reasons(forms.CheckboxSelectMultiple)
    composed = _reasons(forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = DecisionReason.objects.filter(is_offered=True)
        for name in ("reasons", "composed"):
            field: Reasons = self.fields[name]  # type: ignore[assignment]
            field.queryset = offered

    @property
    def codes(self) -> list[str]:
        """The codes of the chosen reasons, once the form was found valid."""
        return _codes(self.cleaned_data["reasons"])

    @property
    def holds_unread_words(self) -> bool:
        """Whether the note has gained wording that was not on the page."""
        return not set(self.codes) <= set(_codes(self.cleaned_data["composed"]))

    def clean(self) -> dict[str, Any]:
        if {"note", "reasons", "composed"} <= self.cleaned_data.keys():
            self._compose()
        cleaned = super().clean()
        self._refuse_unfit()
        return cleaned

    def _compose(self) -> None:
        chosen, before = self.cleaned_data["reasons"], self.cleaned_data["composed"]
        if not chosen and not before:
            return
        wordings = {reason.code: reason.wording for reason in [*before, *chosen]}
        note = compose(self.cleaned_data["note"], wordings, chosen=_codes(chosen), before=_codes(before))
        self.cleaned_data["note"] = note
        if len(note) > MAX_TEXT_LENGTH:
            self.add_error("note", _TOO_LONG)

    def _refuse_unfit(self) -> None:
        decision = self.cleaned_data.get("decision", "")
        chosen = self.cleaned_data.get("reasons", ())
        unfit = [reason.title for reason in chosen if decision and not reason.fits(decision)]
        if unfit:
            self.add_error("reasons", _UNFIT[decision].format(", ".join(unfit)))

    def as_composed(self) -> dict[str, Any]:
        """Initial values for a new form, whose note holds the wording of the chosen reasons by now."""
        return {"reasons": self.codes, "composed": self.codes}

    def composed_anew(self) -> ReasonedDecisionForm:
        """A new form with the same answers and the composed note, to be looked at and edited again."""
        initial = {**self.cleaned_data, **self.as_composed()}
        return ReasonedDecisionForm(initial=initial, comments=self.comments)


def _codes(reasons: QuerySet[DecisionReason]) -> list[str]:
    return [reason.code for reason in reasons]
