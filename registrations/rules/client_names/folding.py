"""Reads a name by its looks: folds letters to what they look like, then divides them into words.

Rule N-05, steps 1 and 2. Each letter keeps its original case, because case decides where words divide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from registrations.rules.data.lookalikes import LOOK_ALIKES, SIGNS_OF_LETTERS

DRAWS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that are blank on the page: Hangul fillers and the empty Braille cell."""


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


class Word(NamedTuple):
    """A run of letters and digits, and the positions where camelCase divides it."""

    letters: tuple[Letter, ...]
    borders: frozenset[int]

    @property
    def folded(self) -> str:
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
    found: list[Word] = []
    run: list[Letter] = []
    for letter in _letters(text, signs_are_letters, sounds or {}):
        if letter is not None:
            run.append(letter)
        elif run:
            found.append(word(run))
            run = []
    return [*found, word(run)] if run else found


def word(letters: Sequence[Letter]) -> Word:
    """A word of these letters; capital I passes for l if the word has a lower-case letter."""
    if not any(letter.lower for letter in letters):
        return Word(tuple(letters), frozenset())
    read = tuple(_capital_i_as_l(letter) for letter in letters)
    return Word(read, frozenset(at for at in range(1, len(read)) if _parts_at(read, at)))


def _capital_i_as_l(letter: Letter) -> Letter:
    return letter._replace(folded="l") if letter.own == "i" and letter.upper else letter


def _parts_at(letters: Sequence[Letter], at: int) -> bool:
    if not letters[at].upper:
        return False
    if not letters[at - 1].upper:
        return True
    return at + 1 < len(letters) and letters[at + 1].lower


def _letters(text: str, signs_are_letters: bool, sounds: Mapping[str, str]) -> Iterator[Letter | None]:
    for original in text:
        for character in _decomposed(original):
            if _vanishes(character):
                continue
            yield _letter(character, signs_are_letters, sounds)


def _decomposed(character: str) -> str:
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


def _vanishes(character: str) -> bool:
    if character in LOOK_ALIKES:
        return False
    category = unicodedata.category(character)
    control = category == "Cc" and not character.isspace()
    return control or category == "Cf" or category[0] == "M" or character in DRAWS_NOTHING


def _letter(character: str, signs_are_letters: bool, sounds: Mapping[str, str]) -> Letter | None:
    category = unicodedata.category(character)
    is_sign = category[0] not in "LNM"
    look = LOOK_ALIKES.get(character) or sounds.get(character)
    if is_sign and not (look and signs_are_letters):
        return None
    own = character.lower()[0]
    if category == "Lm" and not look:
        return None  # looks like an apostrophe or a stroke, though Unicode calls it a letter
    digit = unicodedata.digit(character, None)
    if digit is not None:
        own = str(digit)
        look = look or LOOK_ALIKES.get(own)
    return Letter(look or own, own, character.isupper(), character.islower(), is_sign or category[0] == "N")
