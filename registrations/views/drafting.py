"""The form of a new or an existing registration: show it, and save the draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.body_sizes import takes_a_file
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.limits import START, spend
from portal.refusals import Conflict
from registrations.draft_checks import DraftChecks
from registrations.forms.form_actions import posted
from registrations.forms.registration_form import RegistrationForm
from registrations.models import Registration
from registrations.queries.comments import open_threads
from registrations.queries.overview import RegistrationOverview
from registrations.views.access import to_edit, to_work_on
from registrations.views.form_page import FormPage
from registrations.views.kept_values import kept_values
from registrations.views.organisation_choice import OrganisationChoice
from registrations.views.uploads import Upload
from registrations.workflow import drafting


@takes_a_file
@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def new(request: PartnerRequest) -> HttpResponse:
    """Show an empty form; the first save creates the registration, and a second one saves it again."""
    kept = kept_values(request)
    choice = OrganisationChoice.of(request, kept)
    page, checks = FormPage(request, organisation=choice), DraftChecks.for_new(choice.own_id)
    if kept:
        return page.kept(RegistrationForm(kept, MultiValueDict(), checks=checks))
    if request.method != "POST":
        return page.show(RegistrationForm(checks=checks))
    form, field = posted(request, RegistrationForm(request.POST, request.FILES, checks=checks))
    if not form.is_valid() or choice.chosen is None:
        return page.not_saved(form)
    upload = Upload.of(request, form)
    spend(START, str(request.user.pk))
    data = checks.to_keep(form.draft_data())
    try:
        started = drafting.start(choice.chosen, by=request.user, data=data, logo=upload.logo, key=choice.key)
    except Conflict as refusal:
        key = drafting.start_key(choice.key, choice.chosen, by=request.user)
        before = Registration.objects.get(start_key=key)
        return FormPage(request, before).refused(form, refusal)
    return FormPage(request, started).saved(form, upload, version=started.draft.version, field=field)


@takes_a_file
@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def edit(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show the draft with its findings; a POST saves it.

    After a save, ``show`` asks for an error summary: of ``all`` that stops a submission, or of the
    ``errors`` in what is filled in.
    """
    if request.method == "POST":
        return _save(request, to_work_on(request, uuid))
    found, shown = to_edit(request, uuid), request.GET.get("show")
    if kept := kept_values(request):
        return FormPage.of(request, found).kept(_bound(found, kept))
    form = RegistrationForm.opened(found, show_all=shown == "all")
    return FormPage.of(request, found).show(form, summary=shown in ("all", "errors"))


def _save(request: PartnerRequest, found: RegistrationOverview) -> HttpResponse:
    page = FormPage.of(request, found)
    form, field = posted(request, _bound(found, request.POST, request.FILES))
    if not form.is_valid():
        return page.not_saved(form)
    upload = Upload.of(request, form)
    try:
        version = drafting.save(
            found.registration.uuid,
            by=request.user,
            draft_version=form.cleaned_data["draft_version"] or 0,
            data=form.checks.to_keep(form.draft_data()),
            logo=upload.logo,
        )
    except Conflict as refusal:
        return page.refused(form, refusal)
    return page.saved(form, upload, version=version, field=field)


def _bound(
    found: RegistrationOverview,
    values: QueryDict,
    files: MultiValueDict[str, UploadedFile[Any]] | None = None,
) -> RegistrationForm:
    """The form of an existing registration with these values."""
    checks, threads = DraftChecks.of(found.registration, found.accepted), open_threads(found.registration)
    start = found.draft or found.beginning
    logo = start.logo if start else None
    return RegistrationForm(values, files or MultiValueDict(), checks=checks, threads=threads, logo=logo)
