"""The rules' answer while somebody types: nothing is stored, and no event is left."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import JsonResponse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST

from portal.accounts.doors import PartnerRequest, partner_required
from portal.limits import LIVE_CHECK, spend
from portal.refusals import NotFound
from registrations.forms.registration_form import RegistrationForm
from registrations.rules.fields import TYPED_FIELDS, place
from registrations.rules.findings import Finding
from registrations.rules.metadata import RULES_VERSION
from registrations.templatetags.registration_pages import rule_address
from registrations.views.doors import chosen_of, own_id, to_start_in, to_work_on
from registrations.views.form_page import Catalogue


@require_POST
@partner_required
def live_check(request: PartnerRequest) -> JsonResponse:
    """What the rules say of the posted fields that hold something, judged beside all the others.

    Takes the fields of the registration's form, all or some, and ``registration`` where there is
    one already. Files are left aside: the logo is checked when it is saved. Whoever may not fill
    in the form is answered as the form answers them.
    """
    spend(LIVE_CHECK, str(request.user.pk))
    catalogue = _catalogue_for(request)
    found = findings_on(catalogue.bound_form(request.POST, MultiValueDict()), catalogue)
    return JsonResponse(as_answer(found), headers={"Cache-Control": "no-store"})


def findings_on(form: RegistrationForm, catalogue: Catalogue) -> list[Finding]:
    """In the order of the form: what cannot be stored, and the rules' answers about the rest."""
    form.is_valid()  # whether or not: what can be stored is judged
    judged = catalogue.beside(form.cleaned_data, logo=None)
    unstorable = [found for name in TYPED_FIELDS for found in form.findings_for(name)]
    told = unstorable + [found for found in judged if found.field not in form.errors]
    return sorted(told, key=lambda found: place(found.field))


def as_answer(found: Sequence[Finding]) -> dict[str, object]:
    """The answer's JSON; ``href`` leads to the rule in plain words and is empty where there is none."""
    told = [finding.as_json() | {"href": rule_address(finding.rule)} for finding in found]
    return {"rules_version": RULES_VERSION, "findings": told}


def _catalogue_for(request: PartnerRequest) -> Catalogue:
    """As for the form: raises NotFound for a registration of others, NotAllowed for a viewer."""
    named = request.POST.get("registration", "")
    if named:
        return Catalogue.of(to_work_on(request, _uuid_of(named)))
    mine = to_start_in(request)
    chosen = chosen_of(mine, request.POST.get("organisation", ""))
    return Catalogue.read(organisation_id=own_id(mine, chosen))


def _uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
