"""What to write instead of a name that carries the brand (rule N-05)."""

from __future__ import annotations

import re
from typing import Final

from registrations.rules.client_names import brand
from registrations.rules.data import words
from registrations.rules.findings import Severity

_SIGNS: Final = frozenset("/|:+&×–—-•·,;@→←↔=~\\>")
_LINKS: Final = _SIGNS | words(
    "for with by via x to from into and the of on in my your powered works made built für på til med"
)
_JOINTS: Final = _SIGNS | words("and or und og och et y e")
"""Words that join the brand to the next word; dropped if nothing comes before them."""
_LOOSE: Final = frozenset("()[]{}<>\"'“”„‘’«»™®©!?.*#~")
_OPENING: Final = dict(zip("([{“„‘«", ")]}””’»", strict=True))
_KINDS: Final = words(
    "add-on addon app application bot client connection connector export import integration plugin sync tool"
)
"""What integrations call themselves; dropped after a sign and the brand."""
_ALONE: Final = re.escape('/|:+&×–—•·,;@→←↔=~\\()[]{}“”„«»"-')
_PIECE: Final = re.compile(rf"(\s*)([{_ALONE}]|[^\s{_ALONE}]+)")
"""Leading blanks, then a single sign or the text up to the next blank or sign."""
_POSSESSIVE: Final = re.compile(r"['’ʼ`´]s\Z", re.IGNORECASE)


def without_brand(name: str) -> str | None:
    """``name`` without the brand and the word that led to it.

    ``None`` if the brand stays in it, and for an address, no part of which is a name.
    """
    if "://" in name:
        return None
    pieces = [(match[1], match[2]) for match in _PIECE.finditer(name)]
    left = _trimmed(_without_loose_brackets(_drop_brand(pieces)))
    better = " ".join("".join(blank + text for blank, text in left).split())
    return better if better and brand.verdict(better) is not Severity.REJECT else None


_Pieces = list[tuple[str, str]]


def _drop_brand(pieces: _Pieces) -> _Pieces:
    left: _Pieces = []
    behind_sign = is_gap = False
    for blank, text in pieces:
        if brand.verdict(_POSSESSIVE.sub("", text)) is Severity.REJECT:
            behind_sign = _drop_links(left)
            is_gap = not left or left[-1][1] in _OPENING
        elif (behind_sign and text.lower() in _KINDS) or (is_gap and text.lower() in _JOINTS):
            continue
        else:
            left.append(("" if is_gap else blank, text))
            behind_sign = is_gap = False
    return left


def _drop_links(left: _Pieces) -> bool:
    """Remove the words that led to the brand; returns whether one was a sign, or a bracket opens before
    it."""
    signs = False
    while left and left[-1][1].lower() in _LINKS:
        signs |= left.pop()[1] in _SIGNS
    return signs or bool(left and left[-1][1] in _OPENING)


def _without_loose_brackets(pieces: _Pieces) -> _Pieces:
    """The pieces without empty brackets, unpaired brackets, and a pair round the whole name."""
    left: _Pieces = []
    for piece in pieces:
        if left and (_OPENING.get(left[-1][1]) == piece[1] or left[-1][1] == piece[1] == '"'):
            left.pop()
        else:
            left.append(piece)
    loose = _loose_brackets([text for _, text in left])
    whole = [piece for at, piece in enumerate(left) if at not in loose]
    return whole[1:-1] if _is_all_in_brackets([text for _, text in whole]) else whole


def _is_all_in_brackets(texts: list[str]) -> bool:
    if len(texts) < 2 or _OPENING.get(texts[0]) != texts[-1]:
        return False
    return not any(text in _OPENING for text in texts[1:])


def _loose_brackets(texts: list[str]) -> set[int]:
    """The positions of unpaired brackets."""
    opened: list[int] = []
    loose: set[int] = set()
    for at, text in enumerate(texts):
        if text in _OPENING:
            opened.append(at)
        elif text in _OPENING.values():
            if opened and _OPENING[texts[opened[-1]]] == text:
                opened.pop()
            else:
                loose.add(at)
    return loose | set(opened)


def _trimmed(pieces: _Pieces) -> _Pieces:
    left = list(pieces)
    while left and (left[-1][1].lower() in _LINKS or left[-1][1] in _LOOSE - set(')]}”’»"!.?*')):
        left.pop()
    while left and (
        left[0][1].lower() in _LINKS - {"the", "my", "your"} or left[0][1] in _LOOSE - set(_OPENING)
    ):
        left.pop(0)
    return left
