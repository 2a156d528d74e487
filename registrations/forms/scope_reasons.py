"""Why a partner needs a scope above the normal tier (rule S-07), as the form carries it.

Each such scope has one flat field beside its tick, ``scope-reason-<name>``. What was written for a
scope that is not ticked is kept: a tick that goes does not take the words along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError

from registrations.forms.fields import MAX_TEXT, TypedText, storable
from registrations.rules.findings import quote

PREFIX: Final = "scope-reason-"
_TEXT: Final = TypedText(max_length=MAX_TEXT)


class ScopeReason(NamedTuple):
    """The field beside one scope: the scope's tier, what was written, and whether that is wrong."""

    name: str
    tier: str
    text: str
    wrong: bool


def posted_reasons(values: Mapping[str, Any], scopes: Iterable[str]) -> dict[str, str]:
    """What was written for each of the scopes; nothing for one whose field was left empty."""
    return {name: text for name in scopes if (text := str(values.get(f"{PREFIX}{name}", "")))}


def stored_reasons(data: Mapping[str, Any]) -> dict[str, str]:
    """What a draft keeps of them."""
    stored = data.get("scope_reasons")
    if not isinstance(stored, Mapping):
        return {}
    return {str(name): text for name, text in stored.items() if isinstance(text, str)}


def refuse_unstorable(reasons: Mapping[str, str]) -> None:
    """Raises ValidationError with everything that no draft can hold."""
    complaints = [text for name, reason in reasons.items() for text in _complaints(name, reason)]
    if complaints:
        raise ValidationError(complaints)


def _complaints(name: str, reason: str) -> list[str]:
    try:
        _TEXT.clean(reason)
    except ValidationError as error:
        return [f"Why you need {quote(name)}: {message}" for message in error.messages]
    return []


def shown(name: str, tier: str, reasons: Mapping[str, str], wrong: Iterable[str]) -> ScopeReason:
    """The field with what was written; ``wrong`` are the scopes whose reasons the rules reject."""
    return ScopeReason(f"{PREFIX}{name}", tier, storable(reasons.get(name, "")), name in wrong)
