"""Findings about addresses: how they are worded, and which corrected address they suggest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from registrations.rules.findings import Finding, Severity, quote
from registrations.rules.vocabulary import MAX_URI_LENGTH

FIELD: Final = "redirect_uris"
"""The field that findings about addresses are for, until their caller names another one."""

_DID_YOU_MEAN: Final = " Did you mean "
_WRITE_IT: Final = "Write it as "
_MOST_CORRECTIONS: Final = 8
"""A suggestion that needs more steps than this is a guess."""


def reject(rule: str, message: str, *, excerpt: str | None = None, suggestion: str | None = None) -> Finding:
    """A rejection of a redirect URI; callers may place it in another field."""
    return Finding(rule, Severity.REJECT, FIELD, message, suggestion=suggestion, excerpt=excerpt)


def warn(rule: str, message: str, *, excerpt: str | None = None) -> Finding:
    """A warning about a redirect URI; callers may place it in another field."""
    return Finding(rule, Severity.WARN, FIELD, message, excerpt=excerpt)


def did_you_mean(better: str | None) -> str:
    """The question whether ``better`` was meant, or empty text if no better address is known."""
    return f"{_DID_YOU_MEAN}{quote(better, 200)}?" if better else ""


def write_it_as(better: str) -> str:
    """The advice to write exactly ``better``."""
    return f"{_WRITE_IT}{quote(better, MAX_URI_LENGTH)}."


def settled(finding: Finding, recheck: Callable[[str], Finding | None]) -> Finding:
    """The finding with a suggestion that passes every rule: corrected further where needed, or dropped.

    The message offers only what is suggested; without a suggestion it names what would be left to correct.
    """
    better = finding.suggestion or None
    left: Finding | None = None
    for _ in range(_MOST_CORRECTIONS):
        following = recheck(better) if better else None
        if following is None:
            break
        better, left = following.suggestion, following
    else:
        better = None
    if better == finding.suggestion:
        return finding
    if _WRITE_IT not in finding.message:
        statement, asked, _ = finding.message.partition(_DID_YOU_MEAN)
        return replace(
            finding, message=statement + did_you_mean(better if asked else None), suggestion=better
        )
    statement = finding.message.partition(_WRITE_IT)[0]
    advice = write_it_as(better) if better else ""
    if left and not better:
        advice = f"As {quote(finding.suggestion or '', 200)} it would still be refused: {left.message}"
    return replace(finding, message=statement + advice, suggestion=better)
