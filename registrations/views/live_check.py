"""Check the form while somebody fills it in; nothing is stored and no event is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import LIVE_CHECK, spend
from registrations.draft_checks import DraftChecks
from registrations.forms.registration_form import RegistrationForm
from registrations.rules.findings import Finding
from registrations.rules.metadata import RULES_VERSION
from registrations.templatetags.registration_pages import rule_address
from registrations.views.access import posted_uuid, to_work_on
from registrations.views.organisation_choice import OrganisationChoice


@require_POST
@partner_required
def live_check(request: PartnerRequest) -> HttpResponse:
    """Answer what the rules say about the posted fields that are filled in.

    Takes some or all fields of the form, judged together, and ``registration`` if it exists
    already. Files are ignored: the logo is checked when it is saved. The refusals are those of the
    form. Answers in JSON, where ``href`` links to the rule in plain words, and is empty if it is not a
    listed rule. A client that accepts only HTML, as the form's script does, gets the findings and
    the progress of each section as HTML.
    """
    spend(LIVE_CHECK, str(request.user.pk))
    if named := request.POST.get("registration", ""):
        registration = to_work_on(request, posted_uuid(named))
        checks = DraftChecks.of(registration.registration, registration.rulings)
    else:
        checks = DraftChecks.for_new(OrganisationChoice.of(request).own_id)
    form = RegistrationForm(request.POST, MultiValueDict(), checks=checks)
    found = form.live_findings()
    unstored = {"Cache-Control": "no-store"}
    if not request.accepts("application/json"):
        shown = {"findings": found, "progress": form.again(found).progress}
        return HttpResponse(render_to_string("includes/live_check.html", shown), headers=unstored)
    return JsonResponse({"rules_version": RULES_VERSION, "findings": listed(found)}, headers=unstored)


def listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings in JSON, each with the address of its rule."""
    return [finding.as_json() | {"href": rule_address(finding.rule)} for finding in findings]
