"""What to write instead of a name that carries the brand (rule N-05)."""

from __future__ import annotations

import re
from typing import Final

from registrations.rules import brand
from registrations.rules.data import words
from registrations.rules.findings import Severity

_SIGNS: Final = frozenset("/|:+&×–—-•·,;@")
_LINKS: Final = _SIGNS | words("for with by via x to from and the of on in my your")
_LOOSE: Final = frozenset("()[]{}<>\"'“”„‘’«»™®©!?.*#~")
_OPENING: Final = dict(zip("([{“„‘«", ")]}””’»", strict=True))
_KINDS: Final = words(
    "add-on addon app application bot client connection connector export import integration plugin sync tool"
)
"""What an integration calls itself; dropped behind a sign and the brand."""
_PIECE: Final = re.compile(r"(\s*)([/|:+&×–—•·,;@()\[\]{}“”„‘’«»\"-]|[^\s/|:+&×–—•·,;@()\[\]{}“”„‘’«»\"-]+)")


def without_brand(name: str) -> str | None:
    """``name`` without the brand and the word that led to it; ``None`` when the brand stays."""
    pieces = [(match[1], match[2]) for match in _PIECE.finditer(name)]
    left = _trimmed(_without_empty_brackets(_drop_brand(pieces)))
    better = " ".join("".join(blank + text for blank, text in left).split())
    return better if better and brand.verdict(better) is not Severity.REJECT else None


_Pieces = list[tuple[str, str]]


def _drop_brand(pieces: _Pieces) -> _Pieces:
    left: _Pieces = []
    behind_sign = False
    for blank, text in pieces:
        if brand.verdict(text) is Severity.REJECT:
            behind_sign = _drop_links(left)
        elif not (behind_sign and text.lower() in _KINDS):
            left.append((blank, text))
            behind_sign = False
    return left


def _drop_links(left: _Pieces) -> bool:
    """Take away the words that led to the brand; whether one of them was a sign."""
    signs = False
    while left and left[-1][1].lower() in _LINKS:
        signs |= left.pop()[1] in _SIGNS
    return signs or bool(left and left[-1][1] in _OPENING)


def _without_empty_brackets(pieces: _Pieces) -> _Pieces:
    left: _Pieces = []
    for piece in pieces:
        if left and (_OPENING.get(left[-1][1]) == piece[1] or left[-1][1] == piece[1] == '"'):
            left.pop()
        else:
            left.append(piece)
    return left


def _trimmed(pieces: _Pieces) -> _Pieces:
    left = list(pieces)
    while left and (left[-1][1].lower() in _LINKS or left[-1][1] in _LOOSE - set(')]}”’»"!.?*')):
        left.pop()
    while left and (
        left[0][1].lower() in _LINKS - {"the", "my", "your"} or left[0][1] in _LOOSE - set(_OPENING)
    ):
        left.pop(0)
    return left
