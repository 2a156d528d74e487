"""Compares addresses part by part, to mark what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from registrations.rules.redirect_uris.shape import ParsedUri, split


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
    before, after = _parts(split(old)), _parts(split(new))
    head = [_pair(index, before[index], after[index]) for index in range(3)]
    left, right = _segments(before[3], after[3])
    tail = _pair(3, before[4], after[4])
    return (
        _filled([*(one for one, _ in head), *left, tail[0]]),
        _filled([*(one for _, one in head), *right, tail[1]]),
    )


def whole(uri: str) -> list[Piece]:
    """The pieces of an address without a counterpart: everything in it differs."""
    scheme, host, port, path, rest = _parts(split(uri))
    return _filled([Piece(scheme, True), Piece(host, True, True), Piece(port + path + rest, True)])


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
    here = [marked(other, uri)[1] for other in others if split(other).host == split(uri).host]
    if here and (twin is None or split(twin).host != split(uri).host):
        return min(here, key=_differing)
    return whole(uri) if twin is None else marked(twin, uri)[1]


def _differing(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.differs)


def _parts(uri: ParsedUri) -> tuple[str, str, str, str, str]:
    """Scheme and user info, host, port, path, query and fragment."""
    userinfo = "" if uri.userinfo is None else f"{uri.userinfo}@"
    port = "" if uri.port is None else f":{uri.port}"
    query = "" if uri.query is None else f"?{uri.query}"
    fragment = "" if uri.fragment is None else f"#{uri.fragment}"
    return f"{uri.scheme}://{userinfo}", uri.host, port, uri.path, query + fragment


def _pair(index: int, old: str, new: str) -> tuple[Piece, Piece]:
    return Piece(old, old != new, index == 1), Piece(new, old != new, index == 1)


def _segments(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of two paths: common segments at both ends, and what differs between them."""
    before, after = old.split("/"), new.split("/")
    shortest = min(len(before), len(after))
    head = next((at for at in range(shortest) if before[at] != after[at]), shortest)
    room = shortest - head
    tail = next((at for at in range(room) if before[-1 - at] != after[-1 - at]), room)
    return _cut(before, head, tail), _cut(after, head, tail)


def _cut(segments: list[str], head: int, tail: int) -> list[Piece]:
    end = len(segments) - tail
    slashed = [segments[0], *(f"/{segment}" for segment in segments[1:])]
    runs = ((slashed[:head], False), (slashed[head:end], True), (slashed[end:], False))
    return [Piece("".join(run), differs) for run, differs in runs]


def _filled(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]
