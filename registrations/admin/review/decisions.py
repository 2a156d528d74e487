"""The decision form: approve, request changes or reject, with prepared reasons and a note."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from registrations.admin.forms import CHOOSE, DecidingForm
from registrations.admin.review.decision_notes import compose
from registrations.admin.review.page_state import PageState
from registrations.admin.review.scopes import GrantedField
from registrations.admin.review.unsent import UNSENT, is_words, label_of
from registrations.domain.lifecycle import DECISIONS
from registrations.forms.controls import FreeText
from registrations.models import DecisionReason
from registrations.rules.vocabulary import MAX_TEXT_LENGTH
from registrations.workflow.checklist import Ticks

_DECISION_WORDS: Final = {"approve": "Approve", "request_changes": "Request changes", "reject": "Reject"}
_TOO_LONG: Final = f"With the reasons it is longer than {MAX_TEXT_LENGTH} characters. Shorten it."
_GONE: Final = "One of these is no longer available. Choose again."
_UNFIT: Final[Mapping[str, str]] = {
    "approve": "An approval needs no reason. Choose none of these.",
    "request_changes": "Not for a request for changes: {}.",
    "reject": "Not for a rejection: {}.",
}


class Reasons(forms.ModelMultipleChoiceField):
    """A choice of reasons on offer, posted by code and labelled by title."""

    def __init__(self, *, widget: type[forms.Widget]) -> None:
        super().__init__(
            DecisionReason.objects.filter(is_offered=True),
            label="Prepared reasons",
            to_field_name="code",
            required=False,
            widget=widget,
            error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "invalid_list"), _GONE),
        )

    def label_from_instance(self, reason: DecisionReason) -> str:
        if not reason.for_reject:
            return f"{reason.title} (request for changes only)"
        return reason.title if reason.for_request_changes else f"{reason.title} (rejection only)"


class DecisionForm(DecidingForm):
    """Approve, request changes or reject.

    The last two need a note that tells the partner what to do, unless comments are sent with the
    decision; ``comments`` is how many are. The wording of the chosen ``reasons`` becomes part of the note;
    ``composed`` are those whose wording the note held already when it was sent.
    """

    decision = forms.ChoiceField(
        choices=[(name, _DECISION_WORDS[name]) for name in DECISIONS],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    note = FreeText(
        label="Note to the partner",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    despite_claim = forms.BooleanField(label="Claim", required=False)
    seen_claim = forms.UUIDField(required=False, widget=forms.HiddenInput)
    granted = GrantedField(label="Scopes to grant", required=False)
    refused_because = FreeText(
        label="Why you refuse the scopes that are not ticked",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "aria-describedby": "refused-because-help"}),
    )
    reasons = Reasons(widget=forms.CheckboxSelectMultiple)
    composed = Reasons(widget=forms.MultipleHiddenInput)
    unsent = forms.ChoiceField(
        label="What you typed elsewhere", choices=UNSENT, required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, comments: int = 0, state: PageState | None = None, asked: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.comments, self.state, self.asked = comments, state, asked

    def clean(self) -> dict[str, Any]:
        """Compose the note, then ask whether it and the reasons suit the decision."""
        cleaned = super().clean() or {}
        if {"note", "reasons", "composed"} <= cleaned.keys():
            self.compose_note()
        decision, chosen = cleaned.get("decision", ""), cleaned.get("reasons", ())
        turns_down = decision in ("request_changes", "reject")
        comments = self.comments + self.sends
        if turns_down and not comments and "note" in cleaned and not cleaned["note"]:
            self.add_error("note", "Say what has to change and why. The partner reads it.")
        if decision == "approve" and cleaned.get("granted") == frozenset():
            self.add_error("granted", "Grant at least one scope, or request changes or reject it.")
        unfit = [reason.title for reason in chosen if decision and not reason.fits(decision)]
        if unfit:
            self.add_error("reasons", _UNFIT[decision].format(", ".join(unfit)))
        if self.unsent_texts and not cleaned.get("unsent"):
            self.add_error("unsent", "Say what becomes of it.")
        return cleaned

    @property
    def unsent_texts(self) -> list[str]:
        """The names of the page's fields with a text that the decision does not use."""
        if self.state is None or "decision" not in self.cleaned_data:
            return []
        used = {"note"}
        granted = self.cleaned_data.get("granted")
        if self.cleaned_data["decision"] == "approve" and granted is not None and len(granted) < self.asked:
            used.add("refused_because")
        return [
            name
            for name, text in self.state.texts.items()
            if text.strip() and is_words(name) and name not in used
        ]

    @property
    def unsent_words(self) -> list[str]:
        """What these texts are."""
        return [label_of(name) for name in self.unsent_texts]

    @property
    def sends(self) -> int:
        """How many texts to the partner become comments with the decision."""
        if self.state is None or not self.sends_texts:
            return 0
        return sum(written.kind != "desk_note" for written in self.state.written)

    def compose_note(self) -> None:
        """Add the wordings of newly chosen reasons to the note, and take out those of unchosen ones."""
        chosen = {reason.code: reason.wording for reason in self.cleaned_data["reasons"]}
        before = {reason.code: reason.wording for reason in self.cleaned_data["composed"]}
        if not chosen and not before:
            return
        note = compose(self.cleaned_data["note"], before | chosen, chosen=chosen, before=before)
        self.cleaned_data["note"] = note
        if len(note) > MAX_TEXT_LENGTH:
            self.add_error("note", _TOO_LONG)

    @property
    def confirmed_claim(self) -> bool | UUID:
        """Whose claim the reviewer confirmed to decide despite: whoever's, where the page named nobody."""
        answers = self.cleaned_data
        return bool(answers["despite_claim"]) and (answers["seen_claim"] or True)

    def refuse_claim(self, reason: str) -> None:
        """Say who has claimed the review by now, and take out the tick, which was about nobody or another."""
        posted = cast(QueryDict, self.data).copy()
        posted.pop("despite_claim", None)
        self.data = posted
        self.add_error("despite_claim", reason)

    @property
    def codes(self) -> list[str]:
        """The codes of the chosen reasons, once the form was found valid."""
        return [reason.code for reason in self.cleaned_data["reasons"]]

    @property
    def holds_unread_words(self) -> bool:
        """Whether the note has gained wording that was not on the page."""
        return not set(self.codes) <= {reason.code for reason in self.cleaned_data["composed"]}

    @property
    def ticked_scopes(self) -> Collection[str] | None:
        """The scopes that were ticked, also where the form has errors; None without scopes in it."""
        if not self.is_bound:  # after a preview
            return cast(Collection[str] | None, self.initial.get("granted"))
        return GrantedField().clean(self["granted"].data)

    @property
    def sends_texts(self) -> bool:
        """Whether the texts in the boxes of the comments are saved before the decision."""
        return self.cleaned_data.get("unsent") == "send"

    @property
    def keeps_texts(self) -> bool:
        """Whether texts that the decision does not use stay for later."""
        return self.cleaned_data.get("unsent") != "drop"

    @property
    def ticks(self) -> Ticks | None:
        """The ticks that the page was sent with; None where it had none."""
        return self.state.ticks if self.state else None

    def as_composed(self) -> dict[str, Any]:
        """Initial values for a new form, whose note holds the wording of the chosen reasons by now."""
        typed = {name: self.cleaned_data[name] for name in ("note", "refused_because")}
        return {**typed, "reasons": self.codes, "composed": self.codes}

    def composed_anew(self) -> DecisionForm:
        """A new form with the same answers and the composed note, to be looked at and edited again."""
        initial = {**self.cleaned_data, **self.as_composed()}
        return DecisionForm(initial=initial, comments=self.comments)

    @classmethod
    def kept(cls, state: PageState, seen_now: Mapping[str, int]) -> DecisionForm:
        """The form as this reviewer left it; what was chosen counts only for the same revision."""
        initial: dict[str, Any] = {
            "note": state.texts.get("note", ""),
            "refused_because": state.texts.get("refused_because", ""),
            "reasons": state.choices.get("reasons", ()),
            "composed": state.choices.get("composed", ()),
        }
        if state.seen_version == seen_now["seen_version"]:
            initial["decision"] = next(iter(state.choices.get("decision", ())), None)
            if "granted" in state.choices:
                initial["granted"] = GrantedField().clean(state.choices["granted"])
        return cls(initial={**initial, **seen_now})
