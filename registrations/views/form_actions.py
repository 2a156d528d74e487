"""The posted form, with the change that the pressed button makes to it."""

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
    """The form to save, and the field to return to afterwards; empty for the top of the page."""

    form: RegistrationForm
    field: str = ""


def posted(request: PartnerRequest, form: RegistrationForm) -> Posted:
    """The form to save. An outdated suggestion or an unknown preset changes nothing."""
    if key := request.POST.get("apply"):
        return _taken(request, form, key)
    if key := request.POST.get("preset"):
        return _added(request, form, key)
    return Posted(form)


def _taken(request: PartnerRequest, form: RegistrationForm, key: str) -> Posted:
    form.is_valid()  # valid or not: whatever could be read is checked
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
    """The findings as the page showed them, then those without any override request.

    A request ticked after the page was loaded takes its suggestion away, but the person pressed the
    suggestion later still, so it counts.
    """
    for values in (form.cleaned_data, {**form.cleaned_data, "review_asked": []}):
        yield from form.checks.check(values).for_partner()
