"""The forms with which staff suspend, reinstate or close a client."""

from __future__ import annotations

from typing import Final

from django import forms

from registrations.rules.vocabulary import MAX_TEXT_LENGTH

_WHY: Final = {"required": "Say why: the partner reads it."}


def _text() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 4})


class SuspendForm(forms.Form):
    """Suspend the client, with the reason."""

    suspend_reason = forms.CharField(
        label="Why it is suspended", max_length=MAX_TEXT_LENGTH, widget=_text(), error_messages=_WHY
    )


class ReinstateForm(forms.Form):
    """Reinstate the client, with an optional note."""

    reinstate_note = forms.CharField(
        label="Note to the partner", required=False, max_length=MAX_TEXT_LENGTH, widget=_text()
    )


class CloseForm(forms.Form):
    """Close the client; the only action here that cannot be undone."""

    close_reason = forms.CharField(
        label="Why it is closed", max_length=MAX_TEXT_LENGTH, widget=_text(), error_messages=_WHY
    )
    close_sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box if you want to close it."},
    )
