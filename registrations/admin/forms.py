"""What forms of the desk have in common, and the form to hand over a review."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from portal.accounts.models import User
from registrations.forms.controls import FreeText

_LARGEST_NUMBER = 2**31 - 1
CHOOSE: Final = {"required": "Choose one.", "invalid_choice": "Choose one of these."}
"""The messages of a choice that was not made."""
UNKNOWN_PAGE = "The page was incomplete. Load it again and decide on what it shows then."


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


class DecidingForm(SeenForm):
    """A form that also says which live revision the page compared with: its number, 0 without one.

    Pages of the release before this one do not say it.
    """

    seen_live = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=_LARGEST_NUMBER,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), UNKNOWN_PAGE),
    )


class Colleagues(forms.ModelChoiceField):
    """A choice of people, labelled by name and posted by pseudonym."""

    def label_from_instance(self, person: User) -> str:
        return person.get_full_name()


class HandOverForm(forms.Form):
    """Choose the colleague to whom a review is handed over, and tell them something."""

    to = Colleagues(
        label="To",
        queryset=User.objects.none(),
        to_field_name="pseudonym",
        empty_label="Choose a colleague",
        error_messages=CHOOSE,
    )
    note = FreeText(
        label="Note to your colleague (optional)", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, colleagues: QuerySet[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Colleagues = self.fields["to"]  # type: ignore[assignment]
        field.queryset = colleagues
