"""What a button of the form puts into it before it is saved: a suggestion, or a preset.

Each function answers the posted values anew, so that a save, a clash and a refusal go on from
there as from anything typed.
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


def key_of(finding: Finding) -> str:
    """What the button of a suggestion posts: it names the finding, and never carries the text.

    Empty where there is nothing to take over, or no single value to put it in.
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
