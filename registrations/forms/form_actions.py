"""The changes that the buttons of the form make to it before it is saved.

They are made to a copy of the posted values, so that saving, conflicts and errors treat them like
typed values.
"""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import QueryDict

from portal.accounts.decorators import PartnerRequest
from registrations.forms.controls import lines_of
from registrations.forms.presets import FIELD, preset_named, with_lines
from registrations.forms.registration_form import LINE_FIELDS, RegistrationForm
from registrations.rules.findings import LINE_END, Finding


class Posted(NamedTuple):
    """The form to save, and the field to return to afterwards; empty for the top of the page."""

    form: RegistrationForm
    field: str = ""


def posted(request: PartnerRequest, form: RegistrationForm) -> Posted:
    """The form to save. An outdated suggestion or an unknown preset changes nothing."""
    if key := request.POST.get("apply"):
        form.is_valid()  # valid or not: whatever could be read is checked
        # A request for an override that was ticked after the page was loaded takes its suggestion away.
        # The person pressed the suggestion later still, so look once more without any request.
        for values in (form.cleaned_data, {**form.cleaned_data, "review_asked": []}):
            for finding in form.checks.check(values).for_partner():
                if key_of(finding) == key:
                    return Posted(form.again(values=with_suggestion(request.POST, finding)), finding.field)
    elif request.POST.get("use_my_address"):
        values = with_lines(request.POST, "contacts", [request.user.email])
        return Posted(form.again(values=values), "contacts")
    elif key := request.POST.get("preset"):
        preset = preset_named(key, request.POST.get("environment"))
        if preset is not None:
            for uri in preset.refused:
                messages.warning(request, f"{uri} was not added: production does not accept plain http.")
            values = with_lines(request.POST, FIELD, preset.redirect_uris)
            return Posted(form.again(values=values), FIELD)
    return Posted(form)


def key_of(finding: Finding) -> str:
    """The value that a suggestion's button posts: it names the finding and never carries the text.

    Empty if there is no suggestion, or no value to replace with it: a finding about a whole list of lines
    replaces them all, one about all scopes none.
    """
    if not finding.suggestion or (finding.field == "scope" and finding.index is None):
        return ""
    index = "" if finding.index is None else finding.index
    return f"{finding.field}:{index}:{finding.rule}"


def with_suggestion(values: QueryDict, finding: Finding) -> QueryDict:
    """The posted values with the suggestion in place of the value that the finding is about.

    In a list of lines, a suggestion may be several lines, and replace one or all.
    """
    changed, field, better = values.copy(), finding.field, finding.suggestion or ""
    first = finding.index or 0
    replaced = slice(first, None if finding.index is None else first + 1)
    if field == "scope":
        chosen = list(dict.fromkeys(values.getlist(field)))
        chosen[replaced] = better.split(" ")
        changed.setlist(field, chosen)
    elif field in LINE_FIELDS:
        lines = lines_of(values.get(field, ""))
        lines[replaced] = better.split(LINE_END)
        changed[field] = "\n".join(lines)
    else:
        changed[field] = better
    return changed
