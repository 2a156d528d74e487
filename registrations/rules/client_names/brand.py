"""Finds Pleo's name in any disguise: rules N-05 and N-06, steps 3 to 5.

Every place where a word reads ``pleo`` is a hit, and each is judged by what surrounds it. The name is read
three ways (signs as the letters they resemble, signs as gaps, other alphabets by sound) and the most severe
verdict counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from registrations.rules.client_names.folding import Letter, Word, words
from registrations.rules.data.brand_words import (
    COMPOUND_BEGINNINGS,
    COMPOUND_ENDINGS,
    CONNECTORS,
    PLE_WORDS,
    SHORT_CONNECTOR,
)
from registrations.rules.data.lookalikes import TRANSLITERATED, TRANSLITERATION
from registrations.rules.findings import Severity

BRAND = "pleo"
_SIZE = len(BRAND)
_REACH = 24
"""How many letters on either side of a hit are read: more than any word of the lists has."""
_WORTH_READING = re.compile(r"p[\W_]*[l1i|!][\W_]*[e3][\W_]*[o0]", re.IGNORECASE | re.ASCII)
_WITHOUT_JOINERS = dict.fromkeys((0x200C, 0x200D))
_PLE_ENDINGS = tuple(ending.removesuffix("ple") for ending in PLE_WORDS)


def verdict(text: str) -> Severity | None:
    """``REJECT`` for Pleo in any disguise (N-05), ``WARN`` for what may be Pleo (N-06), else ``None``."""
    if not is_worth_reading(text):
        return None
    worst = None
    for signs_are_letters in (True, False):
        found = _verdict_on(words(text, signs_are_letters=signs_are_letters))
        if found is Severity.REJECT:
            return found
        worst = worst or found
    if worst or text.isascii():
        return worst
    plain = unicodedata.normalize("NFKC", text).translate(_WITHOUT_JOINERS)
    by_sound = _verdict_on(words(text, sounds=TRANSLITERATION))
    return Severity.WARN if by_sound or any(name in plain for name in TRANSLITERATED) else None


def is_worth_reading(text: str) -> bool:
    """Whether the text may contain the brand: a quick test that misses nothing."""
    return not text.isascii() or _WORTH_READING.search(text) is not None


class Hit(NamedTuple):
    """A place where a word reads as the brand."""

    word: Word
    at: int

    @property
    def is_at_start(self) -> bool:
        """Whether a word, a camelCase token or the letters behind a digit begin here."""
        word, at = self
        return at == 0 or at in word.borders or word.letters[at - 1].own.isdigit()

    @property
    def verdict(self) -> Severity | None:
        """``REJECT`` where the brand is meant, ``WARN`` where it may be, ``None`` where another word is."""
        word, at = self
        end = at + _SIZE
        start = word.token_starting_by(at, _REACH)
        prefix = word.folded[start:at]
        crosses = any(border in word.borders for border in range(at + 1, end))
        if not self.is_at_start and (crosses or prefix.endswith(_PLE_ENDINGS)):
            return None
        stand_ins = sum(letter.stand_in for letter in word.letters[at:end])
        if stand_ins:
            # A disguise has a lower-case letter; PL30 and mp130 look like model numbers and only warn.
            token = word.letters[start : word.token_ending_after(end, _REACH)]
            is_meant = any(letter.lower for letter in token) and (self.is_at_start or stand_ins < _SIZE - 1)
        else:
            is_led_to = prefix == SHORT_CONNECTOR or prefix.endswith(CONNECTORS)
            is_meant = (self.is_at_start or is_led_to) and self.goes_on_as_brand
        return Severity.REJECT if is_meant else Severity.WARN

    @property
    def goes_on_as_brand(self) -> bool:
        """Whether what follows makes it the brand: nothing, a plural s, or what forms a compound."""
        word, end = self.word, self.at + _SIZE
        ends = {len(word.letters), *word.borders}
        if end in ends or (word.folded[end] == "s" and end + 1 in ends):
            return True
        return _is_compound(word.letters[end : end + _REACH])


def _verdict_on(read: Sequence[Word]) -> Severity | None:
    """The most severe verdict on words, and on the words that their single letters spell: ``P.L.E.O.``.

    Case does not divide a word of single letters.
    """
    groups = groupby(read, key=lambda word: len(word.letters) == 1)
    runs = [[word.letters[0] for word in group] for is_single, group in groups if is_single]
    spelled = [replace(Word.of(letters), borders=frozenset()) for letters in runs]
    verdicts = {
        Hit(word, found.start()).verdict
        for word in (*read, *spelled)
        for found in re.finditer(BRAND, word.folded)
    }
    if Severity.REJECT in verdicts:
        return Severity.REJECT
    is_hit = Severity.WARN in verdicts or _is_cut_up([token for word in read for token in word.tokens()])
    return Severity.WARN if is_hit else None


def _is_cut_up(tokens: Sequence[Sequence[Letter]]) -> bool:
    """Whether tokens make the brand only together: ``Ple o``, ``P. Leo & Sons``.

    Single letters alone do not count: they are judged as the word they spell.
    """
    for start, first in enumerate(tokens):
        if first[0].folded != BRAND[0]:
            continue
        joined: list[Letter] = []
        used = 0
        for token in tokens[start : start + _SIZE]:
            joined += token[:_REACH]
            used += 1
            if len(joined) >= _SIZE:
                break
        folded = Word.of(joined).folded
        is_brand = folded in (BRAND, f"{BRAND}s") or (
            folded.startswith(BRAND) and _is_compound(joined[_SIZE:])
        )
        if is_brand and len(joined) > used:
            return True
    return False


def _is_compound(rest: Sequence[Letter]) -> bool:
    """Whether these letters, directly after the brand, make a known compound of it."""
    folded = "".join(letter.folded for letter in rest)
    own = "".join(letter.own for letter in rest)
    return (
        own.isdigit()
        or folded in COMPOUND_ENDINGS
        or folded.startswith(COMPOUND_BEGINNINGS)
        or own.startswith(COMPOUND_BEGINNINGS)
    )
