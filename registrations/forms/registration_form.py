"""The whole record as one form. It keeps what was typed; the rules judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from registrations.forms.bound import RegistrationBoundField
from registrations.forms.fields import MAX_TEXT, Choice, ChoiceText, ChosenField, LinesField, TypedText
from registrations.forms.layout import registration_helper
from registrations.forms.sections import SECTIONS, Section
from registrations.rules.findings import Finding, Severity
from registrations.rules.vocabulary import FIELDS, LABELS, Environment, PkceSupport

LINE_FIELDS: Final = frozenset({"contacts", "redirect_uris"})
"""Fields in which people write one entry a line."""
MAX_VERSION: Final = 2**31 - 1

ENVIRONMENTS: Final = (
    Choice(Environment.STAGING, "Staging", "For development and tests."),
    Choice(Environment.PRODUCTION, "Production", "For real customers. Every redirect URI uses https."),
)
PKCE_ANSWERS: Final = (
    Choice(PkceSupport.SUPPORTED, "Supported", "The client sends a code challenge with every request."),
    Choice(
        PkceSupport.EXCEPTION_REQUESTED,
        "Not supported: ask for an exception",
        "Until it is granted, PKCE stays required.",
    ),
)


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """A line of the error summary: where it leads and what it says."""

    field: str
    label: str
    message: str
    index: int | None

    @property
    def href(self) -> str:
        return f"#id_{self.field}"


class RegistrationForm(forms.Form):
    """Bound to what was posted, or showing a draft as ``initial``.

    ``scopes`` are pairs of name and description, ``subject_types`` pairs of code and label.
    ``findings`` are the rules' answers about these values; they appear beside their fields.
    """

    bound_field_class = RegistrationBoundField
    KINDS: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(FIELDS, "line"),
        "logo": "file",
        **dict.fromkeys(LINE_FIELDS, "lines"),
        "environment": "radios",
        "scope": "checks",
        "pkce_support": "radios",
        "pkce_justification": "text",
        "pkce_controls": "text",
        "subject_type_preference": "radios",
        "confidential": "tick",
    }

    client_name = TypedText()
    client_uri = TypedText()
    logo = forms.FileField(required=False, allow_empty_file=True)
    remove_logo = forms.BooleanField(required=False)
    tos_uri = TypedText()
    policy_uri = TypedText()
    contacts = LinesField()
    initiation_uri = TypedText()
    configuration_uri = TypedText()
    environment = ChoiceText(ENVIRONMENTS, initial=Environment.STAGING.value)
    redirect_uris = LinesField()
    scope = ChosenField()
    pkce_support = ChoiceText(PKCE_ANSWERS, initial=PkceSupport.SUPPORTED.value)
    pkce_justification = TypedText(max_length=MAX_TEXT, widget=forms.Textarea)
    pkce_controls = TypedText(max_length=MAX_TEXT, widget=forms.Textarea)
    subject_type_preference = ChoiceText()
    confidential = forms.BooleanField(required=False)
    draft_version = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_VERSION, widget=forms.HiddenInput
    )

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        scopes: Sequence[tuple[str, str]],
        subject_types: Sequence[tuple[str, str]],
        findings: Sequence[Finding] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(values, files, initial=dict(initial or {}))
        for name in FIELDS:
            self.fields[name].label = LABELS[name]
        self._offer("scope", [Choice(name, name, note) for name, note in scopes])
        self._offer(
            "subject_type_preference", [Choice("", "None"), *(Choice(*pair) for pair in subject_types)]
        )
        self._findings = tuple(findings)

    def _offer(self, name: str, choices: Sequence[Choice]) -> None:
        self.fields[name].offered = tuple(choices)  # type: ignore[attr-defined]

    def typed(self) -> dict[str, object]:
        """The values as a draft keeps them; the logo travels by itself.

        Raises ValueError while the form holds something that cannot be stored.
        """
        if not self.is_valid():
            raise ValueError("The form holds something that cannot be stored.")
        return {name: self.cleaned_data[name] for name in FIELDS if name != "logo"}

    def findings_for(self, field: str) -> list[Finding]:
        """What stands beside ``field``: first what cannot be stored, then the rules' answers."""
        unstorable = [
            Finding("form", Severity.REJECT, field, str(message)) for message in self.errors.get(field, [])
        ]
        return unstorable + [finding for finding in self._findings if finding.field == field]

    def error_summary(self) -> list[SummaryItem]:
        """Everything that stops a submission, in the order of the form."""
        return [
            SummaryItem(name, LABELS.get(name, "Form"), finding.message, finding.index)
            for name in (*FIELDS, "remove_logo", "draft_version")
            for finding in self.findings_for(name)
            if finding.rejects
        ]

    @cached_property
    def helper(self) -> FormHelper:
        """Where ``{% crispy form %}`` looks for the layout."""
        return registration_helper()

    @property
    def sections(self) -> Sequence[Section]:
        """The parts of the layout, for the list beside it."""
        return SECTIONS
