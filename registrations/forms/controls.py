"""Form fields that keep what was typed, so that a draft can be wrong or incomplete.

They reject only what cannot be stored or shown again: NUL, lone surrogates and excessive sizes. The
rules decide whether a value is valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from registrations.rules import free_text
from registrations.rules.record_fields import Field, Kind
from registrations.rules.vocabulary import MAX_TEXT_LENGTH, Environment, PkceSupport

MAX_LINE: Final = 4_000
MAX_TEXT: Final = 20_000
"""In characters; far above every limit of the rules, so that the rules report what is too long."""
MAX_LINES: Final = 200
MAX_CHOSEN: Final = 200


class Choice(NamedTuple):
    """An option that a page offers."""

    value: str
    label: str
    note: str = ""


CHOICES: Final[Mapping[str, Sequence[Choice]]] = {
    "environment": (
        Choice(Environment.STAGING, "Staging", "For development and testing."),
        Choice(Environment.PRODUCTION, "Production", "For real customers. Redirect URIs must use https."),
    ),
    "pkce_support": (
        Choice(PkceSupport.SUPPORTED, "Supported", "Your client sends a code challenge with every request."),
        Choice(
            PkceSupport.EXCEPTION_REQUESTED,
            "Not supported: request an exception",
            "PKCE stays required until Pleo grants the exception.",
        ),
    ),
}
"""The options that never change; all others come from the catalogue."""


def storable(value: str) -> str:
    """The text with each lone surrogate replaced by a question mark, because UTF-8 cannot encode it."""
    return value.encode("utf-8", "replace").decode("utf-8")


def refuse_surrogates(value: str) -> None:
    """Raises ValidationError for a lone surrogate, which an unusual request charset can leave behind."""
    if value != storable(value):
        raise ValidationError("This contains a broken character. Type it again.", "surrogate")


def refuse_control(value: str) -> None:
    """Raises ValidationError for a character that a free text may not have (rule F-01)."""
    if problem := free_text.problem(value):
        raise ValidationError(problem, "F-01")


class TypedText(forms.CharField):
    """A text field that keeps spaces; the rules report what is wrong with them."""

    default_validators = [refuse_surrogates]

    def __init__(self, *, max_length: int = MAX_LINE, **options: Any) -> None:
        super().__init__(required=False, strip=False, max_length=max_length, **options)


class FreeText(forms.CharField):
    """What one person writes to others (rule F-01); of invisible characters alone, it is empty."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=MAX_TEXT_LENGTH, validators=[refuse_surrogates, refuse_control], **options
        )

    def to_python(self, value: Any) -> str:
        return free_text.written(super().to_python(value) or "")


class LinesField(TypedText):
    """A list with one entry per line; cleans to a list of strings."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TEXT, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = lines_of(super().clean(self.prepare_value(value)))
        if len(lines) > MAX_LINES:
            raise ValidationError(f"Enter at most {MAX_LINES} lines.", "too_many")
        return lines


def lines_of(text: str) -> list[str]:
    r"""The entries of a textarea, without surrounding spaces and tabs and without empty lines.

    Only ``\r\n``, ``\r`` and ``\n`` end a line; other separators stay inside an entry, where rule
    R-02 finds them. List bullets stay too: the rules offer the entry without them.
    """
    lines = free_text.with_plain_line_ends(text).split("\n")
    return [entry for line in lines if (entry := line.strip(" \t"))]


class ChoiceText(TypedText):
    """One of several options. A value that is not offered is kept as typed, for the rules to check."""

    def __init__(self, choices: Sequence[Choice] = (), **options: Any) -> None:
        super().__init__(**options)
        self.offered = tuple(choices)


class ChosenField(forms.Field):
    """Any number of options; values that are not offered are kept. Cleans to a list of strings."""

    widget = forms.SelectMultiple

    def __init__(self, choices: Sequence[Choice] = (), **options: Any) -> None:
        super().__init__(required=False, **options)
        self.offered = tuple(choices)
        self.text = TypedText()

    def clean(self, value: Any) -> list[str]:
        chosen = list(dict.fromkeys(value or []))
        if len(chosen) > MAX_CHOSEN:
            raise ValidationError(f"Choose at most {MAX_CHOSEN}.", "too_many")
        return [self.text.clean(entry) for entry in chosen]


def form_field(field: Field, choices: Sequence[Choice] = ()) -> forms.Field:
    """The form field for a field of the record; ``choices`` are the options on offer, if it has any."""
    options: dict[str, Any] = {"label": field.label, "initial": field.default or None}
    match field.kind:
        case Kind.LINE | Kind.ADDRESS | Kind.DATE:
            return TypedText(**options)
        case Kind.TEXT:
            return TypedText(max_length=MAX_TEXT, widget=forms.Textarea, **options)
        case Kind.LINES:
            return LinesField(**options)
        case Kind.CHOICE:
            return ChoiceText(choices, **options)
        case Kind.CHOICES:
            return ChosenField(choices, **options)
        case Kind.TICK:
            return forms.BooleanField(required=False, **options)
        case Kind.FILE:
            return forms.FileField(required=False, allow_empty_file=True, **options)


def complaints(field: forms.Field, value: object) -> list[str]:
    """Why a draft cannot store the value of the field; empty if it can."""
    try:
        field.clean(value)
    except ValidationError as error:
        return error.messages
    return []
