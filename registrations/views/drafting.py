"""The form of a new or an existing registration: show it, and save the draft."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.body_sizes import takes_a_file
from portal.json_answers import wants_json
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.limits import START, spend
from portal.refusals import Conflict
from registrations.draft_checks import DraftChecks
from registrations.forms.form_actions import posted
from registrations.forms.registration_form import RegistrationForm
from registrations.queries.overview import RegistrationOverview
from registrations.views import autosave
from registrations.views.access import leads_to_the_client, to_edit, to_work_on
from registrations.views.form_page import FormPage, form_with
from registrations.views.organisation_choice import OrganisationChoice
from registrations.views.uploads import Upload
from registrations.workflow import drafting


@takes_a_file
@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def new(request: PartnerRequest) -> HttpResponse:
    """Show an empty form; the first save creates the registration, and a second one saves it again."""
    if request.method == "POST" and wants_json(request):
        return autosave.start(request)
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
        return FormPage(request, choice.started_before(request.user)).refused(form, refusal)
    return FormPage(request, started).saved(form, upload, version=started.draft.version, field=field)


@takes_a_file
@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@leads_to_the_client
def edit(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show the draft with its findings; a POST saves it.

    After a save, ``show`` asks for an error summary: of ``all`` that stops a submission, or of the
    ``errors`` in what is filled in.
    """
    if request.method == "POST":
        save = autosave.save if wants_json(request) else _save
        return save(request, to_work_on(request, uuid))
    found, shown = to_edit(request, uuid), request.GET.get("show")
    if kept := kept_values(request):
        return FormPage.of(request, found).kept(form_with(kept, found))
    form = RegistrationForm.opened(found, show_all=shown == "all")
    return FormPage.of(request, found).show(form, summary=shown in ("all", "errors"))


def _save(request: PartnerRequest, found: RegistrationOverview) -> HttpResponse:
    page = FormPage.of(request, found)
    form, field = posted(request, form_with(request.POST, found, files=request.FILES))
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
