"""Reads the chain from its first seal to its last, a bounded number of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Q

from portal.audit.models import Event, EventSeal, SealedEvent
from portal.audit.rows import Row, read

PIECE: Final = 1000


class Link(NamedTuple):
    """What one row of ``SealedEvent`` says, and the event that it names; None where there is none."""

    seal: int
    position: int
    event: int
    mac: str
    row: Row | None


class Sealed(NamedTuple):
    """The links of one number of the chain, and its seal; None where only the links are there."""

    number: int
    seal: EventSeal | None
    links: Iterator[Link]


def chain(last: int) -> Iterator[Sealed]:
    """The seals up to number ``last`` with their links. Use up the links of one before the next."""
    groups = groupby(_links(Q(seal_id__lte=last)), key=lambda link: link.seal)
    group = next(groups, None)
    for seal in _seals(last):
        while group and group[0] < seal.sequence:
            yield Sealed(group[0], None, group[1])
            group = next(groups, None)
        if group and group[0] == seal.sequence:
            yield Sealed(seal.sequence, seal, group[1])
            group = next(groups, None)
        else:
            yield Sealed(seal.sequence, seal, iter(()))
    while group:
        yield Sealed(group[0], None, group[1])
        group = next(groups, None)


def without_seal(last: int) -> Iterator[Sealed]:
    """Links with a number above ``last``, of which there is no seal."""
    for number, links in groupby(_links(Q(seal_id__gt=last)), key=lambda link: link.seal):
        if not EventSeal.objects.filter(pk=number).exists():
            yield Sealed(number, None, links)


def _seals(last: int) -> Iterator[EventSeal]:
    rest = EventSeal.objects.filter(pk__lte=last).order_by("pk")
    piece = list(rest[:PIECE])
    while piece:
        yield from piece
        piece = list(rest.filter(pk__gt=piece[-1].pk)[:PIECE])


def _links(which: Q) -> Iterator[Link]:
    """The links in their order. Two in one place are both there, though a constraint forbids it."""
    rest = SealedEvent.objects.filter(which).order_by("seal_id", "position", "event_id")
    piece = rest[:PIECE]
    while links := list(piece.values_list("seal_id", "position", "event_id", "mac")):
        events = {row.pk: row for row in read(Event.objects.filter(pk__in=piece.values("event_id")))}
        for seal, position, event, mac in links:
            yield Link(seal, position, event, mac, events.get(event))
        seal, position, event, _ = links[-1]
        done = Q(position__lt=position) | Q(position=position, event_id__lte=event)
        piece = rest.exclude(done, seal_id=seal).filter(seal_id__gte=seal)[:PIECE]
