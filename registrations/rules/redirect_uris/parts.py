"""Compares addresses part by part, to mark what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from registrations.rules.redirect_uris.shape import split


class Piece(NamedTuple):
    """A piece of an address's text; joined in order, the pieces are the address."""

    text: str
    differs: bool
    is_host: bool = False


Pieces = Mapping[str, Sequence[Piece]]
"""The pieces of each address, by its whole text."""


def differing_pieces(old: Sequence[str], new: Sequence[str]) -> tuple[Pieces, Pieces]:
    """The pieces of each removed and of each added address, marked where they differ.

    A host that both lists have is not marked. An address on such a host is compared with the most similar one
    there, unless its counterpart is on the same host anyway.
    """
    gone, come = [uri for uri in old if uri not in new], [uri for uri in new if uri not in old]
    became = dict(paired(gone, come))
    was = {after: before for before, after in became.items()}
    return (
        {uri: _beside(uri, became.get(uri), new) for uri in gone},
        {uri: _beside(uri, was.get(uri), old) for uri in come},
    )


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of two addresses, compared part by part: hosts as a whole, paths by segments."""
    before, after = split(old).pieces(), split(new).pieces()
    return _compared(before, after), _compared(after, before)


def _compared(pieces: Sequence[str], others: Sequence[str]) -> list[Piece]:
    """The pieces of one address; of its path only what stands between the segments that both share."""
    scheme, host, port, path, rest = (
        Piece(text, text != other) for text, other in zip(pieces, others, strict=True)
    )
    here, there = ([f"/{name}" for name in text.split("/")[1:]] for text in (path.text, others[3]))
    shortest = min(len(here), len(there))
    head = next((at for at in range(shortest) if here[at] != there[at]), shortest)
    room = shortest - head
    tail = len(here) - next((at for at in range(room) if here[-1 - at] != there[-1 - at]), room)
    segments = (
        Piece("".join(here[:head]), False),
        Piece("".join(here[head:tail]), True),
        Piece("".join(here[tail:]), False),
    )
    compared = (scheme, host._replace(is_host=True), port, *segments, rest)
    return [piece for piece in compared if piece.text]


def whole(uri: str) -> list[Piece]:
    """The pieces of an address without a counterpart: everything in it differs."""
    scheme, host, *rest = split(uri).pieces()
    pieces = Piece(scheme, True), Piece(host, True, True), Piece("".join(rest), True)
    return [piece for piece in pieces if piece.text]


def paired(removed: Sequence[str], added: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair removed entries with added ones: those on the same host first, then the rest in order.

    Entries left over have no counterpart.
    """
    left = list(added)
    waiting = []
    for uri in removed:
        twin = next((other for other in left if split(other).host == split(uri).host), None)
        if twin is None:
            waiting.append(uri)
            continue
        left.remove(twin)
        yield uri, twin
    yield from zip(waiting, left, strict=False)


def _beside(uri: str, twin: str | None, others: Sequence[str]) -> Sequence[Piece]:
    """The pieces of ``uri``, compared with its counterpart ``twin``.

    If that is on another host, or there is none, with the most similar address on its own host in ``others``.
    """
    host = split(uri).host
    here = [marked(other, uri)[1] for other in others if split(other).host == host]
    if here and (twin is None or split(twin).host != host):
        return min(here, key=lambda pieces: sum(len(piece.text) for piece in pieces if piece.differs))
    return whole(uri) if twin is None else marked(twin, uri)[1]
