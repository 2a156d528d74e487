"""The reasons why a partner needs a scope above the normal tier, or asks again for one that was refused (rule
S-07), in the form.

Each such scope has one flat field next to its checkbox, ``scope-reason-<name>``. The reason is kept
while the scope is not ticked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from registrations.forms.controls import MAX_TEXT, TypedText, complaints
from registrations.rules.findings import quote

PREFIX: Final = "scope-reason-"
_TEXT: Final = TypedText(max_length=MAX_TEXT)


class ScopeReason(NamedTuple):
    """The reason field of one scope: the scope's tier, the text, and whether the rules reject it.

    ``tier`` is empty for a normal scope, ``refusal`` for one that was not refused; ``before`` is the reason
    for which it had been asked for then.
    """

    name: str
    tier: str
    text: str
    wrong: bool
    refusal: str = ""
    before: str = ""


def posted_reasons(values: Mapping[str, Any], scopes: Iterable[str]) -> dict[str, str]:
    """The posted reason for each of the scopes; empty ones are left out."""
    return {name: text for name in scopes if (text := str(values.get(f"{PREFIX}{name}", "")))}


def stored_reasons(data: Mapping[str, Any]) -> dict[str, str]:
    """The reasons that a draft holds."""
    stored = data.get("scope_reasons")
    if not isinstance(stored, Mapping):
        return {}
    return {str(name): text for name, text in stored.items() if isinstance(text, str)}


def unstorable(reasons: Mapping[str, str]) -> list[str]:
    """What is wrong with the reasons that a draft cannot store."""
    return [
        f"Why you need {quote(name)}: {complaint}"
        for name, reason in reasons.items()
        for complaint in complaints(_TEXT, reason)
    ]
