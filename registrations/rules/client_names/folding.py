"""Reads a name by its looks: folds letters to what they look like, then divides them into words.

Rule N-05, steps 1 and 2. Each letter keeps its original case, because case decides where words divide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from registrations.rules.data.blank_signs import DRAWS_NOTHING
from registrations.rules.data.lookalikes import LOOK_ALIKES, SIGNS_OF_LETTERS


class Letter(NamedTuple):
    """One character of a word, with what it looks like."""

    folded: str
    """What it looks like, in lower case."""
    own: str
    """What it is, in lower case."""
    upper: bool
    lower: bool
    stand_in: bool
    """A digit or sign in place of a letter."""

    @classmethod
    def read(cls, character: str, signs_are_letters: bool, sounds: Mapping[str, str]) -> Letter | None:
        """Read a character in its plain form; ``None`` if it divides words."""
        category = unicodedata.category(character)
        is_sign = category[0] not in "LNM"
        look = LOOK_ALIKES.get(character) or sounds.get(character)
        if is_sign and not (look and signs_are_letters):
            return None
        if category == "Lm" and not look:
            return None  # looks like an apostrophe or a stroke, though Unicode calls it a letter
        own = character.lower()[0]
        digit = unicodedata.digit(character, None)
        if digit is not None:
            own = str(digit)
            look = look or LOOK_ALIKES.get(own)
        is_stand_in = is_sign or category[0] == "N"
        return cls(look or own, own, character.isupper(), character.islower(), is_stand_in)


@dataclass(frozen=True)
class Word:
    """A run of letters and digits, and the positions where camelCase divides it."""

    letters: tuple[Letter, ...]
    borders: frozenset[int]

    @classmethod
    def of(cls, letters: Sequence[Letter]) -> Word:
        """The word of these letters; capital I passes for l if the word has a lower-case letter."""
        if not any(letter.lower for letter in letters):
            return cls(tuple(letters), frozenset())
        read = [
            letter._replace(folded="l") if letter.own == "i" and letter.upper else letter
            for letter in letters
        ]
        borders = set()
        for at in range(1, len(read)):
            ends_capitals = at + 1 < len(read) and read[at + 1].lower
            if read[at].upper and (not read[at - 1].upper or ends_capitals):
                borders.add(at)
        return cls(tuple(read), frozenset(borders))

    @cached_property
    def folded(self) -> str:
        """What the word looks like, in lower case."""
        return "".join(letter.folded for letter in self.letters)

    def token_starting_by(self, position: int, reach: int) -> int:
        """The start of the camelCase token that holds ``position``, within ``reach`` letters."""
        first = max(position - reach, 0)
        return next((at for at in range(position, first, -1) if at in self.borders), first)

    def token_ending_after(self, position: int, reach: int) -> int:
        """The end of the camelCase token that holds the letter before ``position``, within ``reach``
        letters."""
        last = min(position + reach, len(self.letters))
        return next((at for at in range(position, last) if at in self.borders), last)

    def tokens(self) -> Iterator[tuple[Letter, ...]]:
        """The parts between the borders, in order."""
        edges = [0, *sorted(self.borders), len(self.letters)]
        return (self.letters[left:right] for left, right in pairwise(edges))


def words(
    text: str, *, signs_are_letters: bool = True, sounds: Mapping[str, str] | None = None
) -> list[Word]:
    """Fold ``text`` and divide it into words.

    ``signs_are_letters`` reads ``|`` and similar signs as the letters they resemble; otherwise they divide
    words. ``sounds`` adds letters of other alphabets by what they sound like.
    """
    runs: list[list[Letter]] = [[]]
    for character in _drawn(text):
        letter = Letter.read(character, signs_are_letters, sounds or {})
        if letter is not None:
            runs[-1].append(letter)
        elif runs[-1]:
            runs.append([])
    return [Word.of(run) for run in runs if run]


def _drawn(text: str) -> Iterator[str]:
    """The characters that a page draws, each in its plain form; marks of letters do not count."""
    for original in text:
        for character in _plain(original):
            category = unicodedata.category(character)
            is_control = category == "Cc" and not character.isspace()
            vanishes = is_control or category == "Cf" or category[0] == "M" or character in DRAWS_NOTHING
            if character in LOOK_ALIKES or not vanishes:
                yield character


def _plain(character: str) -> str:
    """The character's plain form.

    A trade mark sign stays a sign, a letter in brackets becomes that letter, and a styled capital I passes
    for l.
    """
    if character in LOOK_ALIKES:
        return character
    if character in SIGNS_OF_LETTERS:
        return SIGNS_OF_LETTERS[character]
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character))
    if plain == "I" != unicodedata.normalize("NFD", character):
        return "L"
    if len(plain) == 1 or unicodedata.category(character) != "So":
        return plain
    return plain.strip("()") if plain[0] == "(" else character
