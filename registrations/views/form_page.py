"""The page with the whole registration form, as it is shown before and after saving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from portal.accounts.decorators import PartnerRequest
from portal.json_answers import refused_in_json
from portal.refusals import Conflict
from registrations.domain import rereview
from registrations.draft_checks import DraftChecks
from registrations.forms.bound import RegistrationBoundField
from registrations.forms.registration_form import RegistrationForm
from registrations.models import Registration
from registrations.queries.comments import open_threads
from registrations.queries.contacts import contacts_of
from registrations.queries.other_version import OtherVersion
from registrations.queries.overview import RegistrationOverview
from registrations.rules.findings import rejections
from registrations.views.organisation_choice import OrganisationChoice
from registrations.views.uploads import Upload, too_large
from registrations.workflow.refusals import StaleVersion

_KEPT = "Your changes were not saved. What you typed is still below."
_OTHER_TAB = (
    "Somebody saved this draft in the meantime, perhaps you in another tab, so your changes were not saved. "
    "What you typed is still below."
)
_REPLACES = "If you save again, you replace what the other page saved."
_STOPPED = "This page no longer saves by itself. Press Save to decide which text stays."


@dataclass(frozen=True)
class FormPage:
    """The form page of a new registration (``registration`` is None) or of an existing one.

    ``name`` is the client's name, empty while it has none; ``note`` is the reviewer's, if the newest
    version came back. ``organisation`` is the choice to make for a new registration.
    """

    request: PartnerRequest
    registration: Registration | None = None
    name: str = ""
    note: str = ""
    organisation: OrganisationChoice | None = None

    @classmethod
    def of(cls, request: PartnerRequest, found: RegistrationOverview) -> FormPage:
        """The form page of an existing registration."""
        return cls(request, found.registration, found.name, found.note)

    @property
    def title(self) -> str:
        if self.registration is None:
            return "New registration"
        return f"{'Change' if self.is_live else 'Edit'} {self.name or 'registration'}"

    @property
    def is_live(self) -> bool:
        """Whether the client is live while its registration is edited."""
        return self.registration is not None and self.registration.is_live

    @property
    def at_once(self) -> Sequence[tuple[str, str]]:
        """The changes of a live client that take effect at once."""
        return rereview.table() if self.is_live else ()

    def address(self, page: str = "edit") -> str:
        """The URL of a page of the registration, or of the empty form while there is none."""
        if self.registration is None:
            return reverse("registrations:new")
        return reverse(f"registrations:{page}", args=[self.registration.uuid])

    def show(
        self,
        form: RegistrationForm,
        *,
        summary: bool = False,
        clash: tuple[str, str] | None = None,
        other: OtherVersion | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the page; ``clash`` is the URL and label of a link to what was saved meanwhile, as
        ``other`` describes it."""
        organisation = self.organisation.error_summary() if self.organisation else []
        entries = cast(RegistrationBoundField, form["contacts"]).entries
        context = {
            "page": self,
            "form": form,
            "clash": clash,
            "other": other,
            "contacts": contacts_of(self.registration, entries) if self.registration else [],
            "error_summary": [*organisation, *form.error_summary()] if summary else [],
        }
        return render(self.request, "registrations/form.html", context, status=status)

    def saved(self, form: RegistrationForm, upload: Upload, *, version: int, field: str) -> HttpResponse:
        """After a save, go on to the check page if nothing is rejected, else back to the form."""
        checking = self.request.POST.get("then") == "check"
        checked = form.checks.check(form.draft_data(), logo=upload.logo)
        if upload.is_refused:
            messages.success(self.request, "Draft saved, without the new logo.")
            found = checked.for_partner() if checking else checked.beside_answers()
            return self.show(form.again([*upload.findings, *found], version=version), summary=True)
        if checking and not checked.rejections:
            return redirect(self.address("check"))
        messages.success(self.request, "Draft saved.")
        if checking:
            where = "?show=all"
        elif field:
            where = f"#id_{field}"
        else:
            where = "?show=errors" if rejections(checked.beside_answers()) else ""
        return redirect(self.address() + where)

    def not_saved(self, form: RegistrationForm) -> HttpResponse:
        """Show the form with its problems: something is missing or cannot be stored."""
        judged = form.checks.check(form.cleaned_data, logo=form.logo).beside_answers()
        again = form.again([*too_large(form), *(found for found in judged if found.field not in form.errors)])
        unchosen = self.organisation is not None and bool(self.organisation.findings)
        return self.show(again, summary=bool(form.errors) or unchosen)

    def kept(self, form: RegistrationForm) -> HttpResponse:
        """Show what was typed before the person had to sign in, as after any post that was not saved."""
        form.is_valid()  # valid or not: it is shown with its errors
        return self.not_saved(form)

    def refused(self, form: RegistrationForm, refusal: Conflict) -> HttpResponse:
        """Answer 409 with everything that was typed, and a link to what is stored instead.

        The form carries the stored version, so saving it again overwrites that version knowingly.
        """
        said, stored, other = self._clash(form, refusal)
        judged = form.checks.check(form.draft_data(), logo=form.logo).beside_answers()
        again = form.again(judged, version=other.version if other else 0)
        messages.error(self.request, f"{said} {_REPLACES}" if isinstance(refusal, StaleVersion) else said)
        return self.show(again, clash=stored, other=other, status=409)

    def refused_in_json(self, form: RegistrationForm, refusal: Conflict, **more: Any) -> HttpResponse:
        """Answer 409 with what is stored instead; ``notice`` is that in HTML, for the page to show."""
        said, stored, other = self._clash(form, refusal)
        if isinstance(refusal, StaleVersion):
            said = f"{said} {_STOPPED}"
        shown = {"said": said, "clash": stored, "other": other}
        notice = render_to_string("includes/draft_clash.html", shown)
        found = other.as_json() if other else {}
        return refused_in_json(said, status=409, notice=notice, **found, **more)

    def _clash(
        self, form: RegistrationForm, refusal: Conflict
    ) -> tuple[str, tuple[str, str], OtherVersion | None]:
        """What to say, a link to what is stored, and the other version if there is one."""
        other = None
        if self.registration is not None:
            data, reader = form.draft_data(), self.request.user
            other = OtherVersion.of(self.registration, data, logo=form.logo, reader=reader)
        if isinstance(refusal, StaleVersion):
            return _OTHER_TAB, (self.address(), "See what the other page saved"), other
        link = (self.address("detail"), "See the current registration")
        return f"{refusal.reason} {_KEPT}", link, other


def form_with(
    values: QueryDict,
    found: RegistrationOverview,
    *,
    files: MultiValueDict[str, UploadedFile[Any]] | None = None,
) -> RegistrationForm:
    """The form of an existing registration with these values, its open threads and its logo."""
    checks = DraftChecks.of(found.registration, found.rulings)
    threads, start = open_threads(found.registration), found.draft or found.beginning
    logo = start.logo if start else None
    return RegistrationForm(values, files or MultiValueDict(), checks=checks, threads=threads, logo=logo)
