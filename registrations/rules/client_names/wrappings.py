"""What a copy leaves round a name: quotation marks, Markdown, a label, escapes (rule N-11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from registrations.rules import copied

_DOUBLE: Final = '"“”„‟«»'
_SINGLE: Final = "'‘’‚‛‹›´`"
_ROUND_IT: Final = (_DOUBLE, _SINGLE, "「」", "『』", "()", "[]", "{}")
"""Signs of which one may stand at each end of a name. Editors turn some into others, so any closes any."""
_EMPHASIS: Final = re.compile(r"(\*{1,3}|_{1,3}|~~)([^\s*_~](?:[^*_~]*[^\s*_~])?)\1")
_LONE_MARKS: Final = ("**", "__", "~~")
_LONE_QUOTES: Final = _DOUBLE + "`"
_BULLET: Final = re.compile(r"(?:#{1,6}|[-–—*+•‣>])\s+(?=\S)")
_LINK: Final = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_LABEL: Final = re.compile(
    r"[\"'“”]?(?:(?:client|app|application|display|product)[ _-]?)?name[\"'“”]?\s*(?:=>|[:=])\s*(?=\S)",
    re.IGNORECASE,
)
_MOST_STEPS: Final = 16
"""What needs more steps than this was not damaged by a copy."""


def unwrapped(name: str) -> str:
    """The name without what a copy left round it, and the same name where it left nothing."""
    for _ in range(_MOST_STEPS):
        better = name
        for step in _STEPS:
            better = step(better).strip(" ")
        if better == name:
            break
        name = better
    return name


def _paired(name: str) -> str:
    """Without quotation marks or brackets round the whole of it."""
    for signs in _ROUND_IT:
        inside = name.strip(signs)
        if name[:1] in signs and name[-1:] in signs and not any(sign in signs for sign in inside):
            return inside
    return name


def _unpaired(name: str) -> str:
    """Without a mark at one end that stands nowhere else in it; behind a digit it may be a unit: ``17"``."""
    for mark in _LONE_MARKS:
        if name.count(mark) == 1 and (name.startswith(mark) or name.endswith(mark)):
            return name.replace(mark, "")
    quotes = [at for at, sign in enumerate(name) if sign in _LONE_QUOTES]
    is_at_end = quotes == [len(name) - 1] and not name[:-1][-1:].isdigit()
    return name.strip(_LONE_QUOTES) if quotes == [0] or is_at_end else name


_STEPS: Final[tuple[Callable[[str], str], ...]] = (
    copied.without_escapes,
    lambda name: _LABEL.sub("", name, count=1) if _LABEL.match(name) else name,
    lambda name: _BULLET.sub("", name, count=1) if _BULLET.match(name) else name,
    lambda name: name.rstrip(",;"),
    lambda name: _LINK.sub(r"\1", name) if _LINK.fullmatch(name) else name,
    lambda name: _EMPHASIS.sub(r"\2", name) if _EMPHASIS.fullmatch(name) else name,
    _paired,
    _unpaired,
)
