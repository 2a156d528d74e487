"""The form as it was posted, with what the pressed button puts into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import messages

from portal.accounts.decorators import PartnerRequest
from registrations.forms.form_actions import key_of, with_suggestion
from registrations.forms.presets import FIELD, preset_named, with_preset
from registrations.forms.registration_form import RegistrationForm
from registrations.rules.findings import Finding


class Posted(NamedTuple):
    """``field`` is where the person comes back to; empty for the top of the page."""

    form: RegistrationForm
    field: str = ""


def posted(request: PartnerRequest, form: RegistrationForm) -> Posted:
    """What is to be saved. A suggestion that is none any more, and an unknown preset, change nothing."""
    if key := request.POST.get("apply"):
        return _taken(request, form, key)
    if key := request.POST.get("preset"):
        return _added(request, form, key)
    return Posted(form)


def _taken(request: PartnerRequest, form: RegistrationForm, key: str) -> Posted:
    form.is_valid()  # whether or not: what can be read is judged
    finding = next((found for found in _judged(form) if key_of(found) == key), None)
    if finding is None:
        return Posted(form)
    return Posted(form.again(values=with_suggestion(request.POST, finding)), finding.field)


def _added(request: PartnerRequest, form: RegistrationForm, key: str) -> Posted:
    preset = preset_named(key, request.POST.get("environment"))
    if preset is None:
        return Posted(form)
    for uri in preset.refused:
        messages.warning(request, f"{uri} was not added: production refuses plain http.")
    return Posted(form.again(values=with_preset(request.POST, preset)), FIELD)


def _judged(form: RegistrationForm) -> Iterator[Finding]:
    """As the page showed it; then without the questions, since a tick made after that takes a
    suggestion away, and pressing it is the later word."""
    for values in (form.cleaned_data, {**form.cleaned_data, "review_asked": []}):
        yield from form.checks.check(values).for_partner()
