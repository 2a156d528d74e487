"""What can be wrong with the audit log, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from portal.audit.links import Link
from portal.audit.macs import Key, event_mac

MOST: Final = 200
"""Faults that are kept to be compared with each other; those beyond are reported without that."""


class Kind(StrEnum):
    """The kind of a fault, as ``verify_audit_log`` and docs/operations.md name it."""

    EDITED = "edited"
    SWAPPED = "swapped"
    MOVED = "moved"
    MISSING = "missing"
    TWICE = "sealed twice"
    GAP = "gap in sequence"
    WRONG_MAC = "wrong MAC"
    UNKNOWN_KEY = "unknown key"
    UNKNOWN_FORM = "unknown form"
    EPOCH = "epoch out of order"
    CAME_LATE = "came late"
    UNSEALED = "not sealed"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    RESTORED = "from before a restore"
    HEAD_TOO_OLD = "head too old"
    HEAD_REFUSED = "head refused"


@dataclass(frozen=True)
class Fault:
    """A fault, with its place in words: the events by id and UUID, the seals by number."""

    kind: Kind
    place: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}"


class Place(NamedTuple):
    """A position in the chain, with the key and the form of its seal."""

    key: Key
    form: int
    seal: int
    position: int

    def __str__(self) -> str:
        return f"seal {self.seal}, position {self.position}"


class Suspect(NamedTuple):
    """An event whose MAC is wrong in its place."""

    place: Place
    link: Link

    def __str__(self) -> str:
        return f"{named(self.link)}, {self.place}"

    def has_content_of(self, other: Suspect) -> bool:
        """Whether the other event holds what this one held."""
        if self.link.row is None or other.link.row is None:
            return False
        return self._was(self.place, other.link.row.stored)

    def was_at(self, place: Place) -> bool:
        """Whether this event was sealed at that place."""
        return self.link.row is not None and self._was(place, self.link.row.stored)

    def _was(self, place: Place, stored: tuple[str | None, ...]) -> bool:
        if self.link.row is None:
            return False
        row = self.link.row._replace(stored=stored)
        return event_mac(place.key, place.form, place.seal, place.position, row) == self.link.mac


@dataclass
class Suspects:
    """Events whose MACs are wrong, and places that name no event: together they show what was exchanged."""

    events: list[Suspect] = field(default_factory=list)
    gaps: list[Place] = field(default_factory=list)

    def add(self, suspect: Suspect) -> Iterator[Fault]:
        """Keep the event to compare it with others; where there are too many, report it at once."""
        if len(self.events) < MOST:
            self.events.append(suspect)
        else:
            yield Fault(Kind.EDITED, str(suspect))

    def add_gap(self, place: Place) -> None:
        if len(self.gaps) < MOST:
            self.gaps.append(place)

    def faults(self) -> Iterator[Fault]:
        """One fault for each event that was kept."""
        for suspect in self.events:
            others = [other for other in self.events if other is not suspect]
            places = [*(other.place for other in others), *self.gaps]
            swapped = next((other for other in others if suspect.has_content_of(other)), None)
            origin = next((place for place in places if suspect.was_at(place)), None)
            if swapped:
                yield Fault(Kind.SWAPPED, f"{suspect}: its content is that of event {swapped.link.event} now")
            elif origin:
                yield Fault(Kind.MOVED, f"{suspect}: it was sealed as {origin}")
            else:
                yield Fault(Kind.EDITED, str(suspect))


def named(link: Link) -> str:
    """The event of the link by its id, and by its UUID where it is there."""
    return f"event {link.event} ({link.row.uuid})" if link.row else f"event {link.event}"
