"""Compares what names look like: the same, or nearly the same up to a slip of the fingers.

Names are compared by their skeletons (rule N-10). So that an index can find similar ones among very many,
each skeleton is cut into three pieces. One of them stays whole through any one edit, and through two without
a swap.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

PIECES: Final = 3
_SHORTEST: Final = 5
"""Shorter names are similar to half of all short names, so only the same look counts."""
_SHORT: Final = 8


class Look(IntEnum):
    """How alike two names look."""

    SAME = 1
    NEAR = 2


class PieceKeys(NamedTuple):
    """The keys of the pieces that a similar name may have, by their place in the name."""

    start: frozenset[str]
    middle: frozenset[str]
    end: frozenset[str]


def compare(one: str, other: str) -> Look | None:
    """How alike two skeletons look; None where they differ by more edits than their length allows."""
    if one == other:
        return Look.SAME
    most = most_edits(min(len(one), len(other)))
    return Look.NEAR if most and is_within(one, other, most) else None


def most_edits(length: int) -> int:
    """By how many edits two names may differ, the shorter of which has that many letters."""
    if length < _SHORTEST:
        return 0
    return 1 if length <= _SHORT else 2


def is_within(one: str, other: str, most: int) -> bool:
    """Whether at most that many edits make one of the other: a letter added, dropped, changed or swapped with
    its neighbour (the optimal string alignment distance).

    Only the cells near the diagonal are computed, and only while some are within reach.
    """
    if abs(len(one) - len(other)) > most:
        return False
    far = most + 1
    before: dict[int, int] = {}
    row = {at: at for at in range(min(most, len(other)) + 1)}
    for line, letter in enumerate(one, 1):
        older, before, row = before, row, {}
        for at in range(max(line - most, 0), min(line + most, len(other)) + 1):
            cost = min(before.get(at, far), row.get(at - 1, far)) + 1
            if at:
                cost = min(cost, before.get(at - 1, far) + (letter != other[at - 1]))
            if line > 1 and at > 1 and letter == other[at - 2] and one[line - 2] == other[at - 1]:
                cost = min(cost, older.get(at - 2, far) + 1)
            row[at] = cost
        if min(row.values()) > most:
            return False
    return row[len(other)] <= most


def pieces(skeleton: str) -> tuple[str, str, str]:
    """The keys of a skeleton's three pieces, each with the length of the whole; empty for a short one."""
    if len(skeleton) < _SHORTEST:
        return "", "", ""
    start, middle, end = (
        f"{len(skeleton)}.{skeleton[first:last]}" for first, last in _borders(len(skeleton))
    )
    return start, middle, end


def piece_keys(skeleton: str) -> PieceKeys:
    """The keys under which the pieces of every similar name of another spelling are found."""
    found: list[set[str]] = [set() for _ in range(PIECES)]
    for length in range(len(skeleton) - 2, len(skeleton) + 3):
        most = most_edits(min(length, len(skeleton)))
        if abs(length - len(skeleton)) <= most > 0:
            for keys, (first, last) in zip(found, _borders(length), strict=True):
                keys |= {f"{length}.{piece}" for piece in _around(skeleton, first, last, most)}
    return PieceKeys(*map(frozenset, found))


def _borders(length: int) -> Iterator[tuple[int, int]]:
    """Where each piece of a skeleton of that length begins and ends."""
    return ((length * at // PIECES, length * (at + 1) // PIECES) for at in range(PIECES))


def _around(skeleton: str, first: int, last: int, most: int) -> Iterator[str]:
    """The piece in its place, and moved by at most that many letters."""
    for start in range(max(first - most, 0), min(first + most, len(skeleton) - (last - first)) + 1):
        yield skeleton[start : start + last - first]
