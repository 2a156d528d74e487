"""The one page with the whole form: what it needs to know, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from portal.accounts.doors import PartnerRequest
from portal.accounts.models import Organisation
from registrations.forms.registration_form import RegistrationForm, SummaryItem
from registrations.models import Registration, Scope, SubjectType
from registrations.presentation import is_given, logo_url
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import World, check
from registrations.workflow.typed import Typed, metadata_of


@dataclass(frozen=True)
class Catalogue:
    """What is on offer: pairs of a scope's name and description, of a type's code and label."""

    scopes: Sequence[tuple[str, str]]
    subject_types: Sequence[tuple[str, str]]

    @classmethod
    def read(cls) -> Catalogue:
        """As it is now: two statements."""
        return cls(
            list(Scope.objects.filter(is_offered=True).values_list("name", "description")),
            list(SubjectType.objects.filter(is_offered=True).values_list("code", "label")),
        )

    def world(self) -> World:
        return World(
            scopes=frozenset(name for name, _ in self.scopes),
            subject_types=frozenset(code for code, _ in self.subject_types),
        )

    def judge(self, typed: Typed, *, logo_digest: str | None) -> list[Finding]:
        """All that the rules say of what was typed."""
        return check(metadata_of(typed, logo_digest=logo_digest), self.world())

    def beside(self, typed: Typed, *, logo_digest: str | None) -> list[Finding]:
        """What the rules say of the fields that hold something: nobody is told off for what
        they have not come to yet."""
        record = metadata_of(typed, logo_digest=logo_digest)
        return [found for found in check(record, self.world()) if is_given(record, found.field)]

    def empty_form(self, initial: Mapping[str, Any], findings: Sequence[Finding] = ()) -> RegistrationForm:
        """The form that shows a draft."""
        return RegistrationForm(
            scopes=self.scopes, subject_types=self.subject_types, findings=findings, initial=initial
        )

    def bound_form(
        self,
        values: QueryDict,
        files: MultiValueDict[str, UploadedFile[Any]],
        findings: Sequence[Finding] = (),
    ) -> RegistrationForm:
        """The form with what was posted."""
        return RegistrationForm(
            values, files, scopes=self.scopes, subject_types=self.subject_types, findings=findings
        )

    def again(
        self, form: RegistrationForm, findings: Sequence[Finding], *, version: int | None = None
    ) -> RegistrationForm:
        """The same values once more, with what was found in them; ``version`` replaces the draft
        version that came along."""
        values = form.data.copy()
        if version is not None:
            values["draft_version"] = str(version)
        return self.bound_form(values, form.files, findings)


@dataclass(frozen=True)
class FormPage:
    """The page of a new registration (``registration`` is None) or of one that exists.

    ``complaint`` stands beside the choice of an organisation; ``note`` is the reviewer's, on what
    came back last.
    """

    registration: Registration | None
    organisations: Sequence[Organisation] = ()
    chosen_organisation: str = ""
    complaint: str = ""
    note: str = ""

    def show(
        self,
        request: PartnerRequest,
        form: RegistrationForm,
        *,
        logo_digest: str | None = None,
        summary: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": form,
            "registration": self.registration,
            "action_url": self.address("edit"),
            "organisations": self.organisations,
            "chosen_organisation": self.chosen_organisation,
            "organisation_findings": self._unchosen(),
            "note": self.note,
            "logo_url": logo_url(logo_digest),
            "error_summary": [*self._first(), *form.error_summary()] if summary else [],
        }
        return render(request, "registrations/form.html", context, status=status)

    def _unchosen(self) -> list[Finding]:
        return [Finding("form", Severity.REJECT, "organisation", self.complaint)] if self.complaint else []

    def _first(self) -> list[SummaryItem]:
        return [SummaryItem(one.field, "Organisation", one.message, None) for one in self._unchosen()]

    def address(self, page: str) -> str:
        """Of a page of the registration; of the empty form where there is none yet."""
        if self.registration is None:
            return reverse("registrations:new")
        return reverse(f"registrations:{page}", args=[self.registration.uuid])
