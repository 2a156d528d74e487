"""The page with the whole registration form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portal.accounts.decorators import PartnerRequest
from portal.accounts.models import Organisation
from registrations.domain import rereview
from registrations.forms.registration_form import RegistrationForm, SummaryItem
from registrations.models import Logo, Registration
from registrations.queries.answers import picture_of
from registrations.rules.findings import Finding, Severity


@dataclass(frozen=True)
class FormPage:
    """The form page of a new registration (``registration`` is None) or of an existing one.

    ``name`` is the client's name, empty while it has none; ``complaint`` is the error about the
    choice of an organisation; ``note`` is the reviewer's, if the newest version came back.
    """

    registration: Registration | None
    name: str = ""
    organisations: Sequence[Organisation] = ()
    chosen_organisation: str = ""
    complaint: str = ""
    note: str = ""

    def show(
        self,
        request: PartnerRequest,
        form: RegistrationForm,
        *,
        logo: Logo | None = None,
        summary: bool = False,
        clash: tuple[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the page; ``clash`` is the URL and label of a link to what was saved meanwhile."""
        context = {
            "form": form,
            "registration": self.registration,
            "title": self.title,
            "at_once": rereview.table() if self.is_live else (),
            "action_url": self.address("edit"),
            "organisations": self.organisations,
            "chosen_organisation": self.chosen_organisation,
            "organisation_findings": self._unchosen(),
            "note": self.note,
            "logo": picture_of(logo),
            "clash": clash,
            "error_summary": [*self._first(), *form.error_summary()] if summary else [],
        }
        return render(request, "registrations/form.html", context, status=status)

    @property
    def is_live(self) -> bool:
        """Whether the client is live while its registration is edited."""
        return self.registration is not None and self.registration.is_live

    @property
    def title(self) -> str:
        if self.registration is None:
            return "New registration"
        return f"{'Change' if self.is_live else 'Edit'} {self.name or 'registration'}"

    def _unchosen(self) -> list[Finding]:
        return [Finding("form", Severity.REJECT, "organisation", self.complaint)] if self.complaint else []

    def _first(self) -> list[SummaryItem]:
        return [SummaryItem(one.field, "Organisation", one.message, None) for one in self._unchosen()]

    def address(self, page: str) -> str:
        """The URL of a page of the registration, or of the empty form while there is none."""
        if self.registration is None:
            return reverse("registrations:new")
        return reverse(f"registrations:{page}", args=[self.registration.uuid])
