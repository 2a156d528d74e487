"""Findings about addresses: how they are worded, and which corrected address they suggest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from registrations.rules import copied
from registrations.rules.copied import Kind, Source
from registrations.rules.findings import LINE_END, Finding, Severity, quote
from registrations.rules.vocabulary import MAX_REDIRECT_URIS, MAX_URI_LENGTH

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
    return f"{_DID_YOU_MEAN}{counted(better)}?" if better else ""


def counted(better: str) -> str:
    """A suggestion in a sentence: the address itself, or how many there are."""
    count = better.count(LINE_END) + 1
    return quote(better, 200) if count == 1 else f"these {count} addresses"


def write_it_as(better: str) -> str:
    """The advice to write exactly ``better``."""
    return f"{_WRITE_IT}{quote(better, MAX_URI_LENGTH)}."


def replace_it(placeholder: str) -> str:
    """The advice to fill in what only stands for a value."""
    return f"“{quote(placeholder)}” looks like a placeholder. Replace it with the real value."


def settled(finding: Finding, uri: str, kind: Kind, recheck: Callable[[str], Finding | None]) -> Finding:
    """The finding with a suggestion that ``recheck`` accepts: corrected further where needed, or dropped.

    What ``uri`` was before a copy damaged it goes before all else. The message offers only what is suggested;
    without a suggestion it names what would be left to correct.
    """
    was = copied.mended(uri, kind)
    if message := copied.belongs_elsewhere(was.texts[0] if was else uri, kind):
        return replace(finding, message=message, suggestion=None)
    if was is None or len(was.texts) > MAX_REDIRECT_URIS:
        return _corrected(finding, recheck)
    better, failed, left = passing(was.texts, recheck)
    if better is None:
        is_new = left is not None and left.rule != finding.rule and finding.rejects
        if left is None or not is_new or was.source in (Source.END, Source.LIST):
            return _corrected(finding, recheck)
        return replace(finding, message=f"{was.source.value} {_still(failed, left)}", suggestion=None)
    if was.source is Source.END and (same := recheck(was.texts[0])) and same.rule == finding.rule:
        return _corrected(same, recheck)
    if was.source is Source.LIST:
        message = finding.message if was.source.value in finding.message else was.source.value
        return replace(finding, message=message, suggestion=better)
    return replace(finding, message=was.source.value + did_you_mean(better), suggestion=better)


def _corrected(finding: Finding, recheck: Callable[[str], Finding | None]) -> Finding:
    """The finding with its own suggestion corrected further, or dropped."""
    if not finding.suggestion:
        return replace(finding, suggestion=None)
    better, failed, left = passing(finding.suggestion.split(LINE_END), recheck)
    if better == finding.suggestion:
        return finding
    if _WRITE_IT not in finding.message:
        statement, asked, _ = finding.message.partition(_DID_YOU_MEAN)
        message = statement + did_you_mean(better if asked else None)
        return replace(finding, message=message, suggestion=better)
    statement = finding.message.partition(_WRITE_IT)[0]
    advice = write_it_as(better) if better else _still(failed, left) if left else ""
    return replace(finding, message=statement + advice, suggestion=better)


def _still(better: str, left: Finding) -> str:
    """What is left to correct in an address that is better, but not good."""
    fate = "be refused" if left.rejects else "need a change"
    return f"As {quote(better, 200)} it would still {fate}: {left.message}"


def passing(
    texts: Sequence[str], recheck: Callable[[str], Finding | None]
) -> tuple[str | None, str, Finding | None]:
    """The addresses, each corrected until it passes, one a line.

    Or None, with the first that cannot be corrected and what is left to correct in it. Of several addresses,
    those that are listed already are left out.
    """
    passing: list[str] = []
    for text in texts:
        better, left = _until_it_passes(text, recheck)
        if better is not None:
            passing.append(better)
        elif left is None or left.rule != "R-35" or len(texts) == 1:
            return None, text, left
    return LINE_END.join(dict.fromkeys(passing)) or None, "", None


def _until_it_passes(
    text: str, recheck: Callable[[str], Finding | None]
) -> tuple[str | None, Finding | None]:
    """The address, corrected until it passes, and what was left to correct before that."""
    better: str | None = text
    left: Finding | None = None
    for _ in range(_MOST_CORRECTIONS):
        following = recheck(better) if better else None
        if following is None:
            return better or None, left
        better, left = following.suggestion, following
    return None, left
