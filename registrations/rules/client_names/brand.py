"""Finds Pleo's name in any disguise: rules N-05 and N-06, steps 3 to 5.

Every place where a word reads ``pleo`` is a hit, and each is judged by what surrounds it. The name is read
three ways (signs as the letters they resemble, signs as gaps, other alphabets by sound) and the most severe
verdict counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from registrations.rules.client_names.folding import Letter, Word, word, words
from registrations.rules.data.brand_words import (
    COMPOUND_BEGINNINGS,
    COMPOUND_ENDINGS,
    CONNECTORS,
    PLE_WORDS,
    SHORT_CONNECTORS,
)
from registrations.rules.data.lookalikes import TRANSLITERATED, TRANSLITERATION
from registrations.rules.findings import Severity

BRAND = "pleo"
_SIZE = len(BRAND)
_REACH = 24
"""How many letters on either side of a hit are read: more than any word of the lists has."""
_WORTH_READING = re.compile(r"p[\W_]*[l1i|!][\W_]*[e3][\W_]*[o0]", re.IGNORECASE | re.ASCII)
_PLE_ENDINGS = tuple(ending.removesuffix("ple") for ending in PLE_WORDS)


def verdict(text: str) -> Severity | None:
    """``REJECT`` for the brand (N-05), ``WARN`` for what may be the brand (N-06), else ``None``."""
    return heaviest(_readings(text)) if is_worth_reading(text) else None


def is_worth_reading(text: str) -> bool:
    """Whether the text may contain the brand: a quick test that misses nothing."""
    return not text.isascii() or _WORTH_READING.search(text) is not None


def heaviest(verdicts: Iterator[Severity | None]) -> Severity | None:
    """The most severe verdict; stops at the first rejection."""
    worst = None
    for found in verdicts:
        if found is Severity.REJECT:
            return found
        worst = found or worst
    return worst


def _readings(text: str) -> Iterator[Severity | None]:
    yield _judge_words(words(text))
    yield _judge_words(words(text, signs_are_letters=False))
    if not text.isascii():
        yield _at_most_warn(_judge_words(words(text, sounds=TRANSLITERATION)))
        yield _judge_transliteration(text)


def _at_most_warn(found: Severity | None) -> Severity | None:
    return found and Severity.WARN


def _judge_transliteration(text: str) -> Severity | None:
    plain = unicodedata.normalize("NFKC", text)
    return Severity.WARN if any(name in plain for name in TRANSLITERATED) else None


def _judge_words(read: list[Word]) -> Severity | None:
    return heaviest(_verdicts(read))


def _verdicts(read: list[Word]) -> Iterator[Severity | None]:
    for one in read:
        yield from _judge_hits(one)
    for single, group in groupby(read, key=lambda one: len(one.letters) == 1):
        if single:
            yield from _judge_hits(_spelled(list(group)))
    yield _judge_cuts([part for one in read for part in one.tokens()])


def _spelled(singles: list[Word]) -> Word:
    """One word made of single letters, such as ``P.L.E.O.``; case does not divide it."""
    return word([one.letters[0] for one in singles])._replace(borders=frozenset())


def _judge_hits(one: Word) -> Iterator[Severity | None]:
    folded = one.folded
    at = folded.find(BRAND)
    while at >= 0:
        yield _judge_hit(one, folded, at)
        at = folded.find(BRAND, at + _SIZE)


def _judge_hit(one: Word, folded: str, at: int) -> Severity | None:
    starts = at == 0 or at in one.borders or one.letters[at - 1].own.isdigit()
    crosses = any(border in one.borders for border in range(at + 1, at + _SIZE))
    prefix = folded[one.token_starting_by(at, _REACH) : at]
    if not starts and (crosses or prefix.endswith(_PLE_ENDINGS)):
        return None
    if any(letter.stand_in for letter in one.letters[at : at + _SIZE]):
        return _judge_stand_in(one, at, starts)
    meant = _goes_on_as_brand(one, folded, at + _SIZE) if starts else _is_connector(prefix)
    return Severity.REJECT if meant else Severity.WARN


def _judge_stand_in(one: Word, at: int, starts: bool) -> Severity:
    """Judge a hit with digits or signs for letters.

    A disguise has a lower-case letter; ``PL30`` and ``mp130`` look like model numbers and only warn.
    """
    token = one.letters[one.token_starting_by(at, _REACH) : one.token_ending_after(at + _SIZE, _REACH)]
    replaced = sum(letter.stand_in for letter in one.letters[at : at + _SIZE])
    disguised = any(letter.lower for letter in token) and (starts or replaced < _SIZE - 1)
    return Severity.REJECT if disguised else Severity.WARN


def _is_connector(prefix: str) -> bool:
    return prefix in SHORT_CONNECTORS or prefix.endswith(CONNECTORS)


def _goes_on_as_brand(one: Word, folded: str, end: int) -> bool:
    """Whether what follows a hit at the start of a word makes it the brand."""
    if end == len(one.letters) or end in one.borders:
        return True
    if folded[end] == "s" and (end + 1 == len(one.letters) or end + 1 in one.borders):
        return True
    return is_compound(one.letters[end : end + _REACH])


def is_compound(rest: tuple[Letter, ...]) -> bool:
    """Whether these letters, directly after the brand, make a known compound of it."""
    folded = "".join(letter.folded for letter in rest)
    own = "".join(letter.own for letter in rest)
    return (
        own.isdigit()
        or folded in COMPOUND_ENDINGS
        or folded.startswith(COMPOUND_BEGINNINGS)
        or own.startswith(COMPOUND_BEGINNINGS)
    )


def _judge_cuts(tokens: list[tuple[Letter, ...]]) -> Severity | None:
    """Warn about tokens that make the brand only together: ``Ple o``, ``P. Leo & Sons``."""
    starts = (at for at, token in enumerate(tokens) if token[0].folded == BRAND[0])
    return Severity.WARN if any(_is_cut(tokens[at : at + _SIZE]) for at in starts) else None


def _is_cut(tokens: list[tuple[Letter, ...]]) -> bool:
    """Whether tokens together read as the brand.

    Single letters alone do not count: they were judged as the word they spell.
    """
    joined: tuple[Letter, ...] = ()
    for token in tokens:
        joined += token[:_REACH]
        if len(joined) >= _SIZE:
            return len(joined) > len(tokens) and _reads_as_brand(joined)
    return False


def _reads_as_brand(letters: tuple[Letter, ...]) -> bool:
    folded = word(letters).folded
    return folded in (BRAND, f"{BRAND}s") or (folded.startswith(BRAND) and is_compound(letters[_SIZE:]))
