"""The form of a new or an existing registration: show it, and save the draft."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import START, spend
from portal.refusals import Conflict
from registrations.domain.draft_data import draft_data_from
from registrations.domain.rereview import in_effect
from registrations.draft_checks import DraftChecks
from registrations.forms.form_actions import posted
from registrations.forms.registration_form import RegistrationForm, without_empty_lines
from registrations.models import Draft, Logo
from registrations.queries.comments import open_threads
from registrations.queries.overview import RegistrationOverview
from registrations.views.access import WHICH_ORGANISATION, chosen_of, own_id, to_edit, to_start_in, to_work_on
from registrations.views.form_page import FormPage
from registrations.views.uploads import Upload
from registrations.workflow import drafting
from registrations.workflow.errors import StaleVersion

_KEPT = "Nothing was saved. What you typed is still below."
_OTHER_TAB = (
    "Somebody saved this draft in the meantime, perhaps you in another tab, so this was not saved. What you "
    "typed is still below. Saving once more replaces what the other page saved."
)


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def new(request: PartnerRequest) -> HttpResponse:
    """Show an empty form; the first save creates the registration."""
    mine = to_start_in(request)
    choice = mine if len(mine) > 1 else ()
    page = FormPage(None, organisations=choice, chosen_organisation=request.POST.get("organisation", ""))
    organisation = chosen_of(mine, page.chosen_organisation)
    checks = DraftChecks.for_new(own_id(mine, organisation))
    if request.method != "POST":
        return page.show(request, RegistrationForm(checks=checks))
    form, field = posted(request, RegistrationForm(request.POST, request.FILES, checks=checks))
    if not form.is_valid() or organisation is None:
        page = replace(page, complaint="" if organisation else WHICH_ORGANISATION)
        return _not_kept(request, page, form)
    upload = Upload.of(request, form, present=None)
    spend(START, str(request.user.pk))
    data = checks.to_keep(form.draft_data())
    registration = drafting.start(organisation, by=request.user, data=data, logo=upload.logo)
    return _kept(request, FormPage(registration), form, upload, version=1, field=field)


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def edit(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show the draft with its findings; a POST saves it."""
    if request.method == "POST":
        return _save(request, to_work_on(request, uuid))
    return _form_of(request, to_edit(request, uuid))


def _form_of(request: PartnerRequest, found: RegistrationOverview) -> HttpResponse:
    checks, logo = DraftChecks.of(found.registration, found.accepted), None
    initial: dict[str, object] = {"draft_version": 0}
    if found.draft:
        data = without_empty_lines(found.draft.data)
        initial, logo = data | {"draft_version": found.draft.version}, found.draft.logo
    elif found.beginning:
        found.read_children()
        keeps = found.live is None or found.is_excepted
        record = in_effect(found.beginning.metadata(), is_excepted=keeps)
        copied = draft_data_from(record) | {"review_asked": found.beginning.review_asked}
        initial, logo = copied | initial, found.beginning.logo
    everything = request.GET.get("show") == "all"
    checked = checks.check(initial, logo=logo)
    form = RegistrationForm(
        checks=checks,
        threads=open_threads(found.registration),
        findings=checked.for_partner() if everything else checked.beside_answers(),
        initial=initial,
    )
    return _page_of(found).show(request, form, logo=logo, summary=everything)


def _save(request: PartnerRequest, found: RegistrationOverview) -> HttpResponse:
    page, checks = _page_of(found), DraftChecks.of(found.registration, found.accepted)
    start = found.draft or found.beginning
    present = start.logo if start else None
    threads = open_threads(found.registration)
    form = RegistrationForm(request.POST, request.FILES, checks=checks, threads=threads)
    form, field = posted(request, form)
    if not form.is_valid():
        return _not_kept(request, page, form, logo=present)
    upload = Upload.of(request, form, present=present)
    seen = form.cleaned_data["draft_version"] or 0
    try:
        version = drafting.save(
            found.registration.uuid,
            by=request.user,
            draft_version=seen,
            data=checks.to_keep(form.draft_data()),
            logo=upload.logo,
        )
    except Conflict as refusal:
        return _clash(request, page, form, present, refusal)
    return _kept(request, page, form, upload, version=version, field=field)


def _page_of(found: RegistrationOverview) -> FormPage:
    return FormPage(found.registration, found.name, note=found.note)


def _kept(
    request: PartnerRequest,
    page: FormPage,
    form: RegistrationForm,
    upload: Upload,
    *,
    version: int,
    field: str,
) -> HttpResponse:
    """After a save, go on to the check page if nothing is rejected, else back to the form."""
    checking = request.POST.get("then") == "check"
    checked = form.checks.check(form.draft_data(), logo=upload.logo)
    if upload.is_refused:
        messages.success(request, "Draft saved, without the new logo.")
        found = checked.for_partner() if checking else checked.beside_answers()
        again = form.again([*upload.findings, *found], version=version)
        return page.show(request, again, logo=upload.logo, summary=True)
    if checking and not checked.rejections:
        return redirect(page.address("check"))
    messages.success(request, "Draft saved.")
    where = "?show=all" if checking else f"#id_{field}" if field else ""
    return redirect(page.address("edit") + where)


def _not_kept(
    request: PartnerRequest,
    page: FormPage,
    form: RegistrationForm,
    *,
    logo: Logo | None = None,
) -> HttpResponse:
    """Show the form with its problems: something is missing or cannot be stored, so nothing was saved."""
    judged = form.checks.check(form.cleaned_data, logo=logo).beside_answers()
    again = form.again([found for found in judged if found.field not in form.errors])
    return page.show(request, again, logo=logo, summary=bool(form.errors or page.complaint))


def _clash(
    request: PartnerRequest,
    page: FormPage,
    form: RegistrationForm,
    logo: Logo | None,
    refusal: Conflict,
) -> HttpResponse:
    """Answer 409 with everything that was typed, and a link to what is stored instead.

    The form carries the stored version, so saving it again overwrites that version knowingly.
    """
    draft = Draft.objects.filter(registration=page.registration).only("version").first()
    judged = form.checks.check(form.draft_data(), logo=logo).beside_answers()
    again = form.again(judged, version=draft.version if draft else 0)
    if isinstance(refusal, StaleVersion):
        said, kept = _OTHER_TAB, (page.address("edit"), "See what the other page saved")
    else:
        said, kept = (
            f"{refusal.reason} {_KEPT}",
            (page.address("detail"), "See the registration as it stands"),
        )
    messages.error(request, said)
    return page.show(request, again, logo=logo, clash=kept, status=409)
