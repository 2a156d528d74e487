"""Check the form while somebody fills it in; nothing is stored and no event is recorded."""

from __future__ import annotations

from collections.abc import Sequence

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
from registrations.views.access import chosen_of, own_id, posted_uuid, to_start_in, to_work_on


@require_POST
@partner_required
def live_check(request: PartnerRequest) -> HttpResponse:
    """Answer what the rules say about the posted fields that are filled in.

    Takes some or all fields of the form, judged together, and ``registration`` if it exists
    already. Files are ignored: the logo is checked when it is saved. The refusals are those of the
    form. Answers in JSON; a client that accepts only HTML, as the form's script does, gets the
    findings as HTML.
    """
    spend(LIVE_CHECK, str(request.user.pk))
    form = RegistrationForm(request.POST, MultiValueDict(), checks=_checks_for(request))
    found, unstored = form.live_findings(), {"Cache-Control": "no-store"}
    if request.accepts("application/json"):
        return JsonResponse(as_answer(found), headers=unstored)
    shown = {"findings": found, "field_name": "checked", "pressable": True}
    return HttpResponse(render_to_string("includes/findings.html", shown), headers=unstored)


def as_answer(found: Sequence[Finding]) -> dict[str, object]:
    """The findings as JSON; ``href`` links to the rule in plain words, empty if it is not a listed rule."""
    shown = [finding.as_json() | {"href": rule_address(finding.rule)} for finding in found]
    return {"rules_version": RULES_VERSION, "findings": shown}


def _checks_for(request: PartnerRequest) -> DraftChecks:
    """The checks of the form; raises NotFound for somebody else's registration, NotAllowed for a viewer."""
    named = request.POST.get("registration", "")
    if named:
        found = to_work_on(request, posted_uuid(named))
        return DraftChecks.of(found.registration, found.accepted)
    mine = to_start_in(request)
    chosen = chosen_of(mine, request.POST.get("organisation", ""))
    return DraftChecks.for_new(own_id(mine, chosen))
