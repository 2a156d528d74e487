"""What to write instead of a name that carries the brand (rule N-05)."""

from __future__ import annotations

import re
from typing import Final

from registrations.rules.client_names import brand
from registrations.rules.data import words
from registrations.rules.findings import Severity

_SIGNS: Final = frozenset("/|:+&×–—-•·,;@→←↔=~\\>")
_LINKS: Final = _SIGNS | words(
    "for with by via x to from into and the of on in my your powered works made built "
    "für mit von för med av på til fra voor met pour avec par per con para por dla z"
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
_PIECES: Final = re.compile(rf"(\s*)([{_ALONE}]|[^\s{_ALONE}]+)")
"""Leading blanks, then a single sign or the text up to the next blank or sign."""
_MARKS: Final = "*_~`'"
"""What Markdown and quotation put at a word: ``**for`` is a word that leads to the brand as well."""
_POSSESSIVE: Final = re.compile(r"['’ʼ`´]s\Z", re.IGNORECASE)

_Piece = tuple[str, str]
_Pieces = list[_Piece]


def without_brand(name: str) -> str | None:
    """``name`` without the brand and the word that led to it.

    ``None`` if the brand stays in it, and for an address, no part of which is a name.
    """
    if "://" in name:
        return None
    pieces = [(match[1], match[2]) for match in _PIECES.finditer(name)]
    left = _without_loose_brackets(_drop_brand(pieces))
    while left and (_word(left[-1]) in _LINKS or left[-1][1] in _LOOSE - set(')]}”’»"!.?*')):
        left.pop()
    while left and (
        _word(left[0]) in _LINKS - {"the", "my", "your"} or left[0][1] in _LOOSE - {*_OPENING, '"'}
    ):
        left.pop(0)
    better = " ".join("".join(blank + text for blank, text in left).split())
    return better if better and brand.verdict(better) is not Severity.REJECT else None


def _word(piece: _Piece) -> str:
    """The word in lower case and without marks; a sign as it is."""
    return piece[1].strip(_MARKS).lower() or piece[1]


def _drop_brand(pieces: _Pieces) -> _Pieces:
    """The pieces without the brand, the words that led to it, and what the integration calls itself."""
    left: _Pieces = []
    behind_sign = is_gap = False
    for blank, text in pieces:
        word = _word((blank, text))
        if brand.verdict(_POSSESSIVE.sub("", text)) is Severity.REJECT:
            behind_sign = False
            while left and _word(left[-1]) in _LINKS:
                behind_sign |= left.pop()[1] in _SIGNS
            in_brackets = bool(left) and left[-1][1] in _OPENING
            behind_sign |= in_brackets
            is_gap = not left or in_brackets
        elif (behind_sign and word in _KINDS) or (is_gap and word in _JOINTS):
            continue
        else:
            left.append(("" if is_gap else blank, text))
            behind_sign = is_gap = False
    return left


def _without_loose_brackets(pieces: _Pieces) -> _Pieces:
    """The pieces without empty brackets, unpaired brackets, and a pair round the whole name."""
    left: _Pieces = []
    for piece in pieces:
        if left and (_OPENING.get(left[-1][1]) == piece[1] or left[-1][1] == piece[1] == '"'):
            left.pop()
        else:
            left.append(piece)
    opened: list[int] = []
    loose: set[int] = set()
    for at, (_, text) in enumerate(left):
        if text in _OPENING:
            opened.append(at)
        elif text in _OPENING.values():
            if opened and _OPENING[left[opened[-1]][1]] == text:
                opened.pop()
            else:
                loose.add(at)
    whole = [piece for at, piece in enumerate(left) if at not in loose.union(opened)]
    is_in_brackets = len(whole) > 1 and _OPENING.get(whole[0][1]) == whole[-1][1]
    if is_in_brackets and not any(text in _OPENING for _, text in whole[1:]):
        return whole[1:-1]
    return whole
