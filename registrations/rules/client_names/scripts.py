"""How a name is written: invisible characters, mixed scripts, stacked marks, look-alike names.

Rules N-02, N-08 and N-10.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from string import ascii_letters
from typing import Final

import idna
from confusable_homoglyphs.categories import alias
from confusable_homoglyphs.confusables import confusables_data

from registrations.rules.data.blank_signs import DRAWS_NOTHING, TAKES_NO_ROOM
from registrations.rules.data.lookalikes import SIGNS_OF_LETTERS

_ASCII_LETTERS: Final = frozenset(ascii_letters)
_JOINER: Final = "\u200d"
_NON_JOINER: Final = "\u200c"
_REACH: Final = 24
"""How many characters on either side of a joiner decide about it."""
_EMOJI_VARIANTS: Final = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""What may stand between an emoji and a joiner: the variation selector and the skin tones."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COMMON: Final = frozenset({"COMMON", "INHERITED", "Unknown"})
_NORMAL_MIXES: Final = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)
_MARKED: Final = re.compile(".[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
_MOST_MARKS: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+")
_SEEN_ALIKE: Final = (("rn", "m"), ("vv", "w"))
_LOOKS_LIKE: Final = str.maketrans("i1034578", "lloeastb")
"""Letters and digits that look the same, or that people write for each other."""
_SIGNS_IN_WORDS: Final = re.compile(r"[$€](?=[^\W\d_])|(?<=[^\W\d_])[$€]|(?<=[^\W\d_])!(?=[^\W\d_])")
_FRAMED: Final = str.maketrans(SIGNS_OF_LETTERS)
_SIGN_LETTERS: Final = {"$": "s", "€": "e", "!": "l"}
"""Signs that stand for a letter inside a word: a dollar or euro beside a letter, a stroke between two."""
STROKED: Final = str.maketrans("øłđħ", "oldh")
"""Letters whose stroke is not a combining mark, with the letter that people type instead."""


def first_invisible(name: str) -> str | None:
    """The first character that is invisible or controls how others are shown (N-02).

    Exceptions are a zero-width joiner inside an emoji, and joiners and non-joiners where a script spells with
    them: Persian, Sinhala, Hindi.
    """
    return next((name[at] for at in _invisible_places(name)), None)


def as_seen(name: str) -> str:
    """The name without invisible characters that take no room, and with a space for a line break or a tab."""
    letters = list(name)
    for at in _invisible_places(name):
        if name[at].isspace():
            letters[at] = " "
        elif name[at] in TAKES_NO_ROOM:
            letters[at] = ""
    return "".join(letters)


def _invisible_places(name: str) -> Iterator[int]:
    for at, character in enumerate(name):
        if character in (_JOINER, _NON_JOINER):
            if not _joins_emoji(name, at) and not _shapes_letters(name, at):
                yield at
        elif unicodedata.category(character) in _UNSEEN or character in DRAWS_NOTHING:
            yield at


def _joins_emoji(name: str, at: int) -> bool:
    """Whether the zero-width joiner at ``at`` makes one emoji of two."""
    before = name[max(at - 3, 0) : at].rstrip(_EMOJI_VARIANTS)
    return name[at] == _JOINER and _is_emoji(before[-1:]) and _is_emoji(name[at + 1 : at + 2])


def _shapes_letters(name: str, at: int) -> bool:
    """Whether the joiner or non-joiner changes how the letters beside it are written.

    The rules CONTEXTJ of RFC 5892, appendix A.1 and A.2: behind a virama, or a non-joiner between letters
    that would join.
    """
    start = max(at - _REACH, 0)
    try:
        return idna.valid_contextj(name[start : at + _REACH], at - start)
    except ValueError:  # beside a character that Unicode does not know
        return False


def _is_emoji(character: str) -> bool:
    """Whether the character is an emoji, or an arrow that turns one; framed letters are letters."""
    if not character or alias(character) == "LATIN" or "\u2460" <= character <= "\u24ff":
        return False
    framed = "\U0001f100" <= character <= "\U0001f1ff"
    return character in "\u2194\u2195" or (unicodedata.category(character) == "So" and not framed)


def is_odd(name: str) -> bool:
    """Whether a word mixes scripts or stacks marks (N-08).

    A stack is more marks on a letter than any orthography uses, or two in the same place.
    """
    for letter in _MARKED.findall(name):
        places = [unicodedata.combining(sign) for sign in unicodedata.normalize("NFD", letter)[1:]]
        if len(places) > _MOST_MARKS or len(set(places)) < len(places):
            return True
    return _mixes_scripts(name)


def _mixes_scripts(text: str) -> bool:
    """Whether a word has letters of scripts that no language mixes. Marks and joiners divide no word."""
    unmarked = "".join(sign for sign in text if unicodedata.category(sign) not in ("Mn", "Mc", "Me", "Cf"))
    for word in _WORD.findall(unmarked):
        scripts = {alias(character) for character in word} - _COMMON
        if len(scripts) > 1 and not any(scripts <= mix for mix in _NORMAL_MIXES):
            return True
    return False


def passes_for_ascii(host: str) -> bool:
    """Whether a label of the host may be mistaken for another one in ASCII letters.

    Such a label mixes scripts, or all of its non-ASCII letters look like single ASCII ones.
    """
    for label in unicodedata.normalize("NFKC", host).split("."):
        foreign = [character for character in label if not character.isascii()]
        alike = all(_ascii_look(character) in _ASCII_LETTERS for character in foreign)
        if foreign and (alike or _mixes_scripts(label)):
            return True
    return False


def skeleton(name: str) -> str:
    """The letters and digits of ``name``, each replaced by what it looks like, in lower case.

    Like UTS 39 section 4, but coarser: case, marks, blanks and punctuation do not count, and a digit or sign
    is the letter that people write it for. Names that differ only in these have the same skeleton (N-10).
    """
    look = ""
    for character in in_letters(name):
        plain = unicodedata.normalize("NFKD", _ascii_look(character))
        seen = "".join(_ascii_look(part) for part in plain).casefold()
        look += "".join(sign for sign in seen if sign.isalnum())
    look = look.translate(STROKED).translate(_LOOKS_LIKE)
    for written, shown in _SEEN_ALIKE:
        look = look.replace(written, shown)
    return look


def in_letters(name: str) -> str:
    """The name with letters for the signs that people write for them inside words, and for framed letters."""
    return _SIGNS_IN_WORDS.sub(lambda sign: _SIGN_LETTERS[sign[0]], name.translate(_FRAMED))


def _ascii_look(character: str) -> str:
    """The ASCII letter that the character frames or can be confused with, else the character."""
    if character.isascii() or character in SIGNS_OF_LETTERS:
        return SIGNS_OF_LETTERS.get(character, character)
    looks = (known["c"] for known in confusables_data.get(character, ()))
    return next((look for look in looks if look.isascii() and look.isalnum()), character)
