"""The whole registration as one form. It keeps what was typed; the rules check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from registrations.domain.draft_data import draft_data_from, metadata_of, override_requests_of
from registrations.draft_checks import DraftChecks, standing_data
from registrations.forms.answers import Answer, posted_answers, stored_answers, to_store
from registrations.forms.bound import RegistrationBoundField
from registrations.forms.controls import CHOICES, Choice, form_field, storable
from registrations.forms.layout import registration_helper
from registrations.forms.override_requests import (
    OverrideChoice,
    Replies,
    override_choices,
    override_requests_to_store,
    posted_replies,
    rejected_values,
    stored_replies,
)
from registrations.forms.progress import SectionProgress, progress_of
from registrations.forms.scope_reasons import (
    PREFIX,
    ScopeReason,
    posted_reasons,
    stored_reasons,
    unstorable,
)
from registrations.models import Logo
from registrations.queries.answers import picture_of
from registrations.queries.comments import PartnerThread, open_threads
from registrations.queries.consent import Consent
from registrations.queries.overview import RegistrationOverview
from registrations.rules.findings import Finding, Severity
from registrations.rules.record_fields import FIELDS, LABELS, SECTIONS, TYPED_FIELDS, FormSection, Kind, place

LINE_FIELDS: Final = frozenset(name for name, field in FIELDS.items() if field.kind is Kind.LINES)
"""Fields with one entry per line."""
MAX_VERSION: Final = 2**31 - 1


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
    """The registration form, bound to posted values or showing a draft as ``initial``.

    ``checks`` is what the values are checked against, and knows the options on offer. ``findings``
    are what the rules say about these values. They appear next to their fields, and so do the
    override requests that can be made and the comments of reviewers in ``threads``. ``logo`` is the
    stored one, which the form keeps unless it is removed or replaced.
    """

    bound_field_class = RegistrationBoundField

    remove_logo = forms.BooleanField(required=False)
    pkce_renewal = forms.BooleanField(required=False)
    draft_version = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_VERSION, widget=forms.HiddenInput
    )

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        checks: DraftChecks,
        threads: Sequence[PartnerThread] = (),
        findings: Sequence[Finding] = (),
        initial: Mapping[str, Any] | None = None,
        logo: Logo | None = None,
    ) -> None:
        super().__init__(values, files, initial=dict(initial or {}))
        self.checks = checks
        self.logo = logo
        self.fixed_environment = checks.environment
        self._threads = tuple(threads)
        self._findings = tuple(findings)
        types = [Choice(*pair) for pair in checks.offer.subject_types]
        choices = {
            **CHOICES,
            "scope": [Choice(name, name, note) for name, note in checks.offer.scopes],
            "subject_type_preference": [Choice("", "None"), *types],
        }
        record = {name: form_field(field, choices.get(name, ())) for name, field in FIELDS.items()}
        self.fields = record | self.fields

    @classmethod
    def opened(cls, found: RegistrationOverview, *, show_all: bool) -> RegistrationForm:
        """The form with the draft, or with the revision that a new draft starts from.

        With ``show_all`` it also shows what is missing; else only findings about what is filled in.
        """
        initial: dict[str, Any] = {"draft_version": 0}
        start = found.draft or found.beginning
        logo = start.logo if start else None
        if found.draft:
            data = standing_data(found.draft, found.registration)
            initial = {**data, "draft_version": found.draft.version}
            for name in LINE_FIELDS:  # without empty lines, so that line numbers match those of a posted form
                if isinstance(initial.get(name), list):
                    initial[name] = [line for line in initial[name] if str(line).strip(" \t")]
        elif found.beginning:
            found.read_children()
            record = found.live_record if found.live else found.beginning.metadata()
            initial |= {**draft_data_from(record), "review_asked": found.beginning.review_asked}
        checks = DraftChecks.of(found.registration, found.rulings)
        checked = checks.check(initial, logo=logo)
        findings = checked.for_partner() if show_all else checked.beside_answers()
        threads = open_threads(found.registration)
        return cls(checks=checks, threads=threads, findings=findings, initial=initial, logo=logo)

    def again(
        self,
        findings: Sequence[Finding] = (),
        *,
        values: QueryDict | None = None,
        version: int | None = None,
    ) -> RegistrationForm:
        """A copy of the posted form with new findings, other values or another draft version."""
        data: QueryDict = (self.data if values is None else values).copy()  # type: ignore[union-attr]
        if version is not None:
            data["draft_version"] = str(version)
        return RegistrationForm(
            data,
            self.files,
            checks=self.checks,
            threads=self._threads,
            findings=findings,
            logo=self.logo,
        )

    def draft_data(self) -> dict[str, object]:
        """The values as a draft stores them; the logo is handled separately.

        Raises ValueError while the form holds something that cannot be stored.
        """
        if not self.is_valid():
            raise ValueError("The form holds something that cannot be stored.")
        data = {name: self.cleaned_data[name] for name in TYPED_FIELDS}
        names = ("pkce_renewal", "review_asked", "answers", "scope_reasons")
        beside = {name: self.cleaned_data[name] for name in names}
        return data | {name: value for name, value in beside.items() if value}

    def live_findings(self) -> list[Finding]:
        """The findings of the live check, in the order of the form.

        What cannot be stored, and what the rules say about the other fields that are filled in.
        """
        unstorable = [found for name in TYPED_FIELDS for found in self.findings_for(name)]
        judged = self.checks.check(self.cleaned_data).beside_answers()
        shown = unstorable + [found for found in judged if found.field not in self.errors]
        return sorted(shown, key=lambda found: place(found.field))

    def clean_environment(self) -> str:
        """Use the fixed environment if none was posted."""
        return str(self.cleaned_data["environment"] or self.fixed_environment)

    def clean(self) -> dict[str, Any]:
        """Add ``review_asked``, ``answers`` and ``scope_reasons``.

        The reason of an override request or an answer that cannot be stored is an error of the
        whole form.
        """
        for reply in self._replies.values():
            if reply.unstorable:
                self.add_error(None, reply.unstorable)
        for answer in self.answers:
            if answer.complaint:
                self.add_error(None, answer.complaint)
        for complaint in unstorable(self._scope_reasons):
            self.add_error("scope", complaint)
        return {
            **self.cleaned_data,
            "review_asked": override_requests_to_store(self._replies),
            "answers": to_store(self.answers),
            "scope_reasons": self._scope_reasons,
        }

    @cached_property
    def _scope_reasons(self) -> dict[str, str]:
        if self.is_bound:
            return posted_reasons(self.data, {*self.checks.offer.tiers, *self.checks.rulings.refused})
        return stored_reasons(self.initial)

    def reason_for(self, scope: str) -> ScopeReason | None:
        """The reason field of the scope; None if the scope needs no reason."""
        tier, refusal = self.checks.offer.tiers.get(scope, ""), self.checks.rulings.refused.get(scope)
        if not tier and refusal is None:
            return None
        wrong = {
            found.excerpt for found in self._findings if found.rule in ("S-07", "F-01") and found.excerpt
        }
        text = storable(self._scope_reasons.get(scope, ""))
        before = refusal.asked_because if refusal else ""
        return ScopeReason(f"{PREFIX}{scope}", tier, text, scope in wrong, str(refusal or ""), before)

    @property
    def asks_about_renewal(self) -> bool:
        """Whether the form asks for a renewal of the PKCE exception: rule P-08 does, or it was chosen."""
        is_asked = any(found.rule == "P-08" for found in self._findings)
        is_chosen = self.checks.rulings.exception is not None and bool(self["pkce_renewal"].value())
        return is_asked or is_chosen

    @cached_property
    def answers(self) -> list[Answer]:
        """The open threads, each with the answer to it."""
        if self.is_bound:
            return posted_answers(self._threads, self.data)
        return stored_answers(self._threads, self.initial)

    def answers_for(self, field: str) -> list[Answer]:
        """The answers in threads about ``field``."""
        return [answer for answer in self.answers if answer.thread.field == field]

    @property
    def answers_about_all(self) -> list[Answer]:
        return self.answers_for("")

    @cached_property
    def _replies(self) -> Replies:
        return (
            posted_replies(self.data) if self.is_bound else stored_replies(override_requests_of(self.initial))
        )

    @property
    def _readable(self) -> Mapping[str, Any]:
        """What was typed, as far as it could be read."""
        if self.is_bound:
            self.is_valid()  # valid or not
        return self.cleaned_data if self.is_bound else self.initial

    @property
    def consent(self) -> Consent:
        """What an end user would see."""
        record = metadata_of(self._readable, logo_digest=None)
        return Consent.of_draft(record, picture_of(self.logo), words=dict(self.checks.offer.scopes))

    @property
    def progress(self) -> list[SectionProgress]:
        """How far each section is."""
        record = metadata_of(self._readable, logo_digest=None)
        found = [finding for name in FIELDS for finding in self.findings_for(name)]
        about_reasons = [complaint for choice in self.override_choices for complaint in choice.complaints]
        return progress_of(record, found + about_reasons)

    @cached_property
    def override_choices(self) -> list[OverrideChoice]:
        """The override requests that can be made, with what was ticked and typed."""
        data = self._readable
        record = metadata_of(data, logo_digest=None)
        accepted = self.checks.rulings.accepted_in(record.environment)
        values = rejected_values(self._findings, record, accepted)
        return override_choices(values, self._replies, self._findings)

    def override_choices_for(self, field: str) -> list[OverrideChoice]:
        return [choice for choice in self.override_choices if choice.rejected.field == field]

    def findings_for(self, field: str) -> list[Finding]:
        """The findings about ``field``: first what cannot be stored, then those of the rules."""
        unstorable = [
            Finding("form", Severity.REJECT, field, str(message)) for message in self.errors.get(field, [])
        ]
        elsewhere = {id(complaint) for choice in self.override_choices for complaint in choice.complaints}
        found = (finding for finding in self._findings if finding.field == field)
        return unstorable + [finding for finding in found if id(finding) not in elsewhere]

    def error_summary(self) -> list[SummaryItem]:
        """Everything that stops a submission, in the order of the form."""
        items: list[SummaryItem] = []
        for name in ("", *FIELDS, "remove_logo", "draft_version"):
            label = LABELS.get(name, "Form")
            found = [(name, one) for one in self.findings_for(name)]
            for choice in self.override_choices_for(name):
                found += [(f"{choice.name}-reason", one) for one in choice.complaints]
            items += [
                SummaryItem(where, label, one.message, one.index) for where, one in found if one.rejects
            ]
            items += [
                SummaryItem(answer.name, answer.thread.label, answer.complaint, None)
                for answer in self.answers_for(name)
                if answer.complaint
            ]
        return items or [SummaryItem("ask", "Form", str(text), None) for text in self.non_field_errors()]

    @cached_property
    def helper(self) -> FormHelper:
        """The crispy helper, under the name that ``{% crispy form %}`` looks for."""
        return registration_helper()

    @property
    def sections(self) -> Sequence[FormSection]:
        """The sections of the layout, for the table of contents."""
        return SECTIONS
