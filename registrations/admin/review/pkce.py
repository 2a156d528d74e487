"""The decision on a PKCE exception."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registrations.admin.forms import CHOOSE, SeenForm
from registrations.rules.vocabulary import MAX_TEXT_LENGTH


class PkceForm(SeenForm):
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
