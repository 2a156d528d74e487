"""The rules' answer while somebody types: nothing is stored, and no event is left."""

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
    """What the rules say of the posted fields that hold something, judged beside all the others.

    Takes the fields of the registration's form, all or some, and ``registration`` where there is
    one already. Files are left aside: the logo is checked when it is saved. Whoever may not fill
    in the form is answered as the form answers them. Answers in JSON; who takes HTML alone, as
    the form's script does, gets the findings as the form writes them.
    """
    spend(LIVE_CHECK, str(request.user.pk))
    form = RegistrationForm(request.POST, MultiValueDict(), checks=_checks_for(request))
    found, unstored = form.live_findings(), {"Cache-Control": "no-store"}
    if request.accepts("application/json"):
        return JsonResponse(as_answer(found), headers=unstored)
    shown = {"findings": found, "field_name": "checked", "pressable": True}
    return HttpResponse(render_to_string("includes/findings.html", shown), headers=unstored)


def as_answer(found: Sequence[Finding]) -> dict[str, object]:
    """The answer's JSON; ``href`` leads to the rule in plain words and is empty where there is none."""
    shown = [finding.as_json() | {"href": rule_address(finding.rule)} for finding in found]
    return {"rules_version": RULES_VERSION, "findings": shown}


def _checks_for(request: PartnerRequest) -> DraftChecks:
    """As for the form: raises NotFound for a registration of others, NotAllowed for a viewer."""
    named = request.POST.get("registration", "")
    if named:
        found = to_work_on(request, posted_uuid(named))
        return DraftChecks.of(found.registration, found.accepted)
    mine = to_start_in(request)
    chosen = chosen_of(mine, request.POST.get("organisation", ""))
    return DraftChecks.for_new(own_id(mine, chosen))
