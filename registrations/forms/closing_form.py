"""The confirmation without which no registration is closed."""

from __future__ import annotations

from django import forms


class ClosingForm(forms.Form):
    """A checkbox that has to be ticked, because closing cannot be undone."""

    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box if you want to close it."},
    )
