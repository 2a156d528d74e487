"""Free text: reasons, justifications, comments, notes and answers (rule F-01).

Line breaks and tabs are fine: people paste lists and tables, and a page shows both as they are. Other control
characters, and those that turn the direction of what follows, are refused: they hide what a text says.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from registrations.rules.data.blank_signs import DRAWS_NOTHING
from registrations.rules.findings import quote

_LAYOUT: Final = frozenset("\t\n\r")
_BLANKS: Final = " \t\n\r\u00a0\u3000"
_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Overrides, embeddings, isolates and what ends them; the marks that steer single signs stay."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})


def problem(text: str) -> str:
    """What is wrong with the text, and where; empty if nothing is."""
    for line, content in enumerate(with_plain_line_ends(text).split("\n"), 1):
        for place, sign in enumerate(content, 1):
            if _is_refused(sign):
                kind = "turns the direction of text" if sign in _DIRECTION else "cannot be shown"
                where = f"line {line}, character {place}"
                return f"Remove the character {quote(sign)} ({where}): it {kind}."
    return ""


def with_plain_line_ends(text: str) -> str:
    r"""The text with ``\n`` at the end of each line; a form sends ``\r\n``, a document may have either."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen, and nothing in it is refused."""
    return not any(_is_refused(sign) or _is_seen(sign) for sign in text)


def written(text: str) -> str:
    """The text without blanks around it; empty where nothing of it can be seen."""
    return "" if is_blank(text) else text.strip(_BLANKS)


def _is_refused(sign: str) -> bool:
    return sign in _DIRECTION or (unicodedata.category(sign) == "Cc" and sign not in _LAYOUT)


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNSEEN and sign not in DRAWS_NOTHING
