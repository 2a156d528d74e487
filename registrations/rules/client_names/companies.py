"""What is a name, and what only stands beside one: legal forms, generic words, claims of a status."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from registrations.rules.client_names.scripts import STROKED, in_letters
from registrations.rules.data.company_words import GENERIC_WORDS, LEADING_FORMS, LEGAL_FORMS, SMALL_WORDS
from registrations.rules.data.status_words import STATUS_PHRASES

_JOINED: Final = re.compile(r"(?<=\b[^\W\d_])[./]\s?(?=[^\W\d_]\b)")
"""The dots and slashes of letters that stand for words: ``S.p.A.``, ``A/S``, ``s. r. o.``."""
_OTHER: Final = re.compile(r"[\W_]+")


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases between blanks, longest first."""
    return f" (?:{'|'.join(sorted(phrases, key=len, reverse=True))})(?= )"


_FORMS: Final = re.compile(rf"\A(?:{_any_of(LEADING_FORMS)})+|(?:{_any_of(LEGAL_FORMS)})+(?= \Z)")
_NO_NAMES: Final = re.compile(_any_of({*LEGAL_FORMS, *GENERIC_WORDS, *SMALL_WORDS, *STATUS_PHRASES}))


def spelled(name: str) -> str:
    """The words of the name in lower case, without marks and signs, each between single blanks."""
    plain = unicodedata.normalize(
        "NFKD", _JOINED.sub("", unicodedata.normalize("NFKC", in_letters(name))).casefold()
    )
    unmarked = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "M")
    return f" {_OTHER.sub(' ', unmarked.translate(STROKED)).strip()} "


def names_something(text: str) -> bool:
    """Whether a letter is left without legal forms, generic words and claims of a status."""
    return any(sign.isalpha() for sign in _NO_NAMES.sub("", spelled(text)))


def without_legal_form(name: str) -> str:
    """The words of the name without the legal forms before and behind them; all where nothing else is.

    ``Client ApS`` and ``Client Ltd`` are left the same.
    """
    whole = spelled(name)
    rest = _FORMS.sub("", whole)
    return (rest if rest.strip() else whole).strip()
