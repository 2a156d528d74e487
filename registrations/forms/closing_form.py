"""The tick without which nothing is closed."""

from __future__ import annotations

from django import forms


class ClosingForm(forms.Form):
    """Closing cannot be undone, so one press is not enough."""

    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box if you want to close it."},
    )
