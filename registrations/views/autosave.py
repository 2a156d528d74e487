"""What the form saves by itself while somebody types: as a press on Save, but answered in JSON.

The logo stays as it is, because no file is sent. Nothing is told to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from portal.accounts.decorators import PartnerRequest
from portal.json_answers import refused_in_json
from portal.limits import AUTOSAVE, START, spend
from portal.refusals import Conflict
from registrations.draft_checks import DraftChecks
from registrations.forms.registration_form import RegistrationForm, SummaryItem
from registrations.queries.overview import RegistrationOverview
from registrations.rules.findings import Finding
from registrations.views.form_page import FormPage, form_with
from registrations.views.live_check import listed
from registrations.views.organisation_choice import OrganisationChoice
from registrations.workflow import drafting


def start(request: PartnerRequest) -> HttpResponse:
    """Start the registration that the page is about; the answer says where it is from now on."""
    spend(AUTOSAVE, str(request.user.pk))
    choice = OrganisationChoice.of(request)
    checks = DraftChecks.for_new(choice.own_id)
    form = RegistrationForm(request.POST, MultiValueDict(), checks=checks)
    if not form.is_valid() or choice.chosen is None:
        return _not_stored(form, problems=choice.error_summary(), findings=choice.findings)
    spend(START, str(request.user.pk))
    data = checks.to_keep(form.draft_data())
    try:
        started = drafting.start(choice.chosen, by=request.user, data=data, key=choice.key, automatic=True)
    except Conflict as refusal:
        page = FormPage(request, choice.started_before(request.user))
        return page.refused_in_json(form, refusal, location=page.address())
    location = FormPage(request, started).address()
    return _saved(form, version=started.draft.version, saved_at=started.draft.updated_at, location=location)


def save(request: PartnerRequest, found: RegistrationOverview) -> HttpResponse:
    """Save the draft of an existing registration."""
    spend(AUTOSAVE, str(request.user.pk))
    form = form_with(request.POST, found, files=MultiValueDict())
    if not form.is_valid():
        return _not_stored(form)
    try:
        version = drafting.save(
            found.registration.uuid,
            by=request.user,
            draft_version=form.cleaned_data["draft_version"] or 0,
            data=form.checks.to_keep(form.draft_data()),
            logo=form.logo,
        )
    except Conflict as refusal:
        return FormPage.of(request, found).refused_in_json(form, refusal)
    return _saved(form, version=version, saved_at=timezone.now())


def _saved(form: RegistrationForm, *, version: int, saved_at: datetime, **more: Any) -> HttpResponse:
    answer = {"draft_version": version, "saved_at": saved_at.isoformat(), **more}
    return JsonResponse(answer | {"findings": listed(form.live_findings())})


def _not_stored(
    form: RegistrationForm, *, problems: Sequence[SummaryItem] = (), findings: Sequence[Finding] = ()
) -> HttpResponse:
    """422: something is missing or cannot be stored at all."""
    first = [*problems, *form.error_summary()][0]
    found = listed([*findings, *form.live_findings()])
    return refused_in_json(f"{first.label}: {first.message}", status=422, findings=found)
