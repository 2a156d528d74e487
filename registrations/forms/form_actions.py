"""The changes that the buttons of the form make to it before it is saved.

They are made to a copy of the posted values, so that saving, conflicts and errors treat them like
typed values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.contrib import messages
from django.http import QueryDict

from portal.accounts.decorators import PartnerRequest
from registrations.forms.fields import lines_of
from registrations.forms.presets import FIELD, preset_named, with_preset
from registrations.forms.registration_form import LINE_FIELDS, RegistrationForm
from registrations.rules.findings import Finding

_LIST_FIELDS: Final = LINE_FIELDS | {"scope"}


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


def key_of(finding: Finding) -> str:
    """The value that a suggestion's button posts: it names the finding and never carries the text.

    Empty if there is no suggestion, or no single value to replace with it.
    """
    if not finding.suggestion or (finding.field in _LIST_FIELDS and finding.index is None):
        return ""
    index = "" if finding.index is None else finding.index
    return f"{finding.field}:{index}:{finding.rule}"


def with_suggestion(values: QueryDict, finding: Finding) -> QueryDict:
    """The posted values with the suggestion in place of the value that the finding is about."""
    changed, field, better = values.copy(), finding.field, finding.suggestion or ""
    if field == "scope":
        chosen = list(dict.fromkeys(values.getlist(field)))
        changed.setlist(field, _replaced(chosen, finding.index, better.split(" ")))
    elif field in LINE_FIELDS:
        changed[field] = "\n".join(_replaced(lines_of(values.get(field, "")), finding.index, [better]))
    else:
        changed[field] = better
    return changed


def _replaced(entries: list[str], index: int | None, better: list[str]) -> list[str]:
    place = index or 0
    return [*entries[:place], *better, *entries[place + 1 :]]
