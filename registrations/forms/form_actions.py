"""What a button of the form puts into it before it is saved.

Each function answers the posted values anew, so that a save, a clash and a refusal go on from
there as from anything typed.
"""

from __future__ import annotations

from typing import Final

from django.http import QueryDict

from registrations.forms.fields import lines_of
from registrations.forms.registration_form import LINE_FIELDS
from registrations.rules.findings import Finding

_LIST_FIELDS: Final = LINE_FIELDS | {"scope"}


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
