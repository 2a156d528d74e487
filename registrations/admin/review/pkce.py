"""The PKCE exception that a revision requests, and the form to decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from registrations.admin.forms import CHOOSE, DecidingForm
from registrations.admin.wording import PKCE_WORDS
from registrations.domain.lifecycle import PkceStatus
from registrations.forms.controls import FreeText
from registrations.models import PkceException
from registrations.workflow.pkce import latest_end


class PkceForm(DecidingForm):
    """Grant the exception until a date, or refuse it; the verb checks which dates are possible."""

    pkce_decision = forms.ChoiceField(
        label="Decision on the exception",
        choices=[("grant", "Grant"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    pkce_expires_on = forms.DateField(
        label="Last day of the exception",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day, for example 2027-03-31."},
    )
    pkce_note = FreeText(
        label="Note on the exception",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        first, last = today + timedelta(days=1), latest_end(today)
        limits = {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["pkce_expires_on"].widget.attrs |= limits

    def clean_pkce_expires_on(self) -> Any:
        day = self.cleaned_data["pkce_expires_on"]
        if day is None and self.cleaned_data.get("pkce_decision") == "grant":
            raise ValidationError("Enter the last day on which the exception is in force.")
        return day

    def as_typed(self) -> dict[str, Any]:
        """Initial values for a new form: the day and the note, but not the decision, which is made anew."""
        return {name: self.cleaned_data[name] for name in ("pkce_expires_on", "pkce_note")}


@dataclass(frozen=True)
class RequestedException:
    """The PKCE exception that a revision requests, and the form to decide on it."""

    exception: PkceException
    form: PkceForm
    today: date

    @property
    def words(self) -> str:
        return PKCE_WORDS[self.exception.status]

    @property
    def is_undecided(self) -> bool:
        return self.exception.status == PkceStatus.REQUESTED

    @property
    def is_refused(self) -> bool:
        return self.exception.status == PkceStatus.REFUSED

    @property
    def is_in_force(self) -> bool:
        return self.exception.status == PkceStatus.IN_FORCE

    @property
    def latest_end(self) -> date:
        """The latest day until which it can be granted."""
        return latest_end(self.today)
