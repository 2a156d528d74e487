"""The form as it was posted, with what the pressed button puts into it."""

from __future__ import annotations

from typing import NamedTuple

from portal.accounts.doors import PartnerRequest
from registrations.forms.buttons import key_of, with_suggestion
from registrations.forms.registration_form import RegistrationForm
from registrations.views.form_page import Catalogue


class Posted(NamedTuple):
    """``field`` is where the person comes back to; empty for the top of the page."""

    form: RegistrationForm
    field: str = ""


def posted(request: PartnerRequest, catalogue: Catalogue) -> Posted:
    """What is to be saved. A suggestion that is no suggestion any more changes nothing."""
    form = catalogue.bound_form(request.POST, request.FILES)
    key = request.POST.get("apply")
    return _taken(request, catalogue, form, key) if key else Posted(form)


def _taken(request: PartnerRequest, catalogue: Catalogue, form: RegistrationForm, key: str) -> Posted:
    form.is_valid()  # whether or not: what can be read is judged
    judged = catalogue.judge(form.cleaned_data, logo_digest=None)
    finding = next((found for found in judged if key_of(found) == key), None)
    if finding is None:
        return Posted(form)
    changed = with_suggestion(request.POST, finding)
    return Posted(catalogue.bound_form(changed, request.FILES), finding.field)
