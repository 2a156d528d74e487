"""The changes that the buttons of the form make to it before it is saved.

They are made to a copy of the posted values, so that saving, conflicts and errors treat them like
typed values.
"""

from __future__ import annotations

from typing import Final

from django.http import QueryDict

from registrations.forms.fields import lines_of
from registrations.forms.registration_form import LINE_FIELDS
from registrations.rules.findings import Finding

_LIST_FIELDS: Final = LINE_FIELDS | {"scope"}


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
