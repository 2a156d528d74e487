"""Verifies the audit log: every event and every seal, with the keys that the database does not have."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from portal.audit.faults import MOST, Fault, Kind, Place, Suspect, Suspects, named
from portal.audit.heads import Head
from portal.audit.links import Link, Sealed, chain, without_seal
from portal.audit.macs import Key, add_link, begin_seal, keys
from portal.audit.models import Event, EventSeal, SealedEvent
from portal.audit.rows import FIELDS, Stored, identity, moment, pieces
from portal.audit.seals import LATE
from portal.epochs.models import Epoch

OLDEST_HEAD: Final = timedelta(hours=24)
STEP: Final = 1000
"""Entries between two reports of progress."""


class Verification:
    """One pass over the log as it is when it begins; what is written meanwhile does no harm.

    Use up :meth:`faults` first. Then ``events`` and ``seals`` are how many there were, ``tail`` how many
    events are too young to be sealed, ``known_late`` how many came late before the head, and ``genuine`` is
    the last seal that is right.
    """

    def __init__(
        self, head: Head | None = None, *, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        self.head, self._progress = head, progress
        self.events = self.seals = self.tail = self.known_late = 0
        self.genuine: EventSeal | None = None
        self._keys = {key.name: key for key in keys()}
        names = Epoch.objects.order_by("pk").values_list("name", flat=True)
        self._epochs = {name: place for place, name in enumerate(["", *map(str, names)])}
        self._suspects = Suspects()
        self._before: EventSeal | None = None
        self._mac_before = ""
        self._at_head: EventSeal | None = None
        self._done, self._total = 0, SealedEvent.objects.count() + Event.objects.count()

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong: in the order of the chain, then of events, then with the head."""
        newest = EventSeal.objects.newest()
        last = newest.sequence if newest else 0
        for sealed in chain(last):
            yield from self._of_seal(sealed)
        for sealed in without_seal(last):
            yield from self._of_seal(sealed)
        yield from self._suspects.faults()
        yield from self._of_events()
        if self.head:
            yield from self._of_head(self.head, last)

    def _of_seal(self, sealed: Sealed) -> Iterator[Fault]:
        number, seal, links = sealed
        if seal is None:
            count = sum(1 for _ in links)
            yield Fault(Kind.MISSING, f"seal {number}, in which {count} events have a place")
            return
        self.seals += 1
        yield from self._order(seal)
        self._mac_before = ""
        key = self._keys.get(seal.key)
        if key is None:
            yield Fault(Kind.UNKNOWN_KEY, f"seal {number}: key {seal.key} is not in PORTAL_AUDIT_KEY")
        elif seal.form not in FIELDS:
            yield Fault(Kind.UNKNOWN_FORM, f"seal {number}: this release does not know form {seal.form}")
        else:
            yield from self._content(seal, key, links)
        if self.head and number == self.head.sequence:
            self._at_head = seal
        self._before = seal

    def _order(self, seal: EventSeal) -> Iterator[Fault]:
        """Whether the seal follows the one before it."""
        before, number = self._before, seal.sequence
        expected = before.sequence + 1 if before else 1
        if number > expected:
            yield Fault(Kind.GAP, f"{_range('seal', expected, number - 1)}, before seal {number}")
        elif number < expected:
            yield Fault(Kind.GAP, f"seal {number}, after seal {expected - 1}")
        elif before and seal.previous not in (before.mac, self._mac_before):
            yield Fault(Kind.WRONG_MAC, f"seal {number} was made after another seal {before.sequence}")
        if seal.epoch not in self._epochs:
            yield Fault(Kind.EPOCH, f"seal {number}: epoch {seal.epoch} is not known")
        elif before and self._epochs.get(before.epoch, 0) > self._epochs[seal.epoch]:
            yield Fault(Kind.EPOCH, f"seal {number} is of an earlier epoch than seal {before.sequence}")

    def _content(self, seal: EventSeal, key: Key, links: Iterator[Link]) -> Iterator[Fault]:
        """Whether the events of the seal are those that it was made over."""
        made, free = begin_seal(key, seal), 1
        for link in links:
            place = Place(key, seal.form, seal.sequence, link.position)
            yield from self._gap(place, free, link.position - 1)
            if link.position < free:
                yield Fault(Kind.TWICE, f"{place}: {named(link)}, too")
            yield from self._event(place, link, seal)
            add_link(made, link.position, link.event, link.mac)
            free = max(free, link.position + 1)
        yield from self._gap(Place(key, seal.form, seal.sequence, free), free, seal.count)
        self._mac_before = made.hexdigest()
        if _same(self._mac_before, seal.mac):
            self.genuine = seal
        else:
            yield Fault(Kind.WRONG_MAC, f"seal {seal.sequence}")

    def _gap(self, place: Place, first: int, last: int) -> Iterator[Fault]:
        """The positions of a seal that name no event, if there are any."""
        if first <= last:
            positions = _range("position", first, last)
            yield Fault(Kind.MISSING, f"seal {place.seal}, {positions}: no event is named there")
        for position in range(first, min(last, first + MOST) + 1):
            self._suspects.add_gap(place._replace(position=position))

    def _event(self, place: Place, link: Link, seal: EventSeal) -> Iterator[Fault]:
        """Whether the event is the one that was sealed, and was sealed in time."""
        self._step()
        if link.row is None:
            yield Fault(Kind.MISSING, f"event {link.event}, {place}")
            return
        suspect = Suspect(place, link)
        if not suspect.was_at(place) and not any(
            suspect.was_at(place._replace(key=key)) for key in self._keys.values()
        ):
            yield from self._suspects.add(suspect)
        elif self._before and link.row.at and link.row.at < self._before.closed_to:
            if self.head and seal.sequence <= self.head.sequence:
                self.known_late += 1
            else:
                moments = f"it is of {_utc(link.row.at)}, and was sealed at {_utc(seal.at)}"
                yield Fault(Kind.CAME_LATE, f"{named(link)}, {place}: {moments}")

    def _of_events(self) -> Iterator[Fault]:
        """The events that no seal names although they are old enough, and those that two name."""
        unsealed, before = _Run(), None
        columns = ("pk", Stored("uuid"), Stored("at"), "sealed__seal_id")
        for piece in pieces():
            too_young = timezone.now() - LATE
            for pk, uuid, at, seal in piece.values_list(*columns):
                self._step()
                self.events += 1
                if pk == before:
                    yield Fault(Kind.TWICE, f"event {pk} ({identity(uuid)})")
                before, since = pk, moment(at)
                if seal is None and (since is None or since < too_young):
                    unsealed.add(pk, identity(uuid))
                    continue
                yield from unsealed.end()
                self.tail += seal is None
        yield from unsealed.end()

    def _of_head(self, head: Head, last: int) -> Iterator[Fault]:
        """Whether the head is fresh, and part of the chain."""
        if timezone.now() - head.made_at > OLDEST_HEAD:
            yield Fault(Kind.HEAD_TOO_OLD, f"it is of {_utc(head.made_at)}, more than 24 hours ago")
        if head.sequence == 0 or (self._at_head and _same(self._at_head.mac, head.mac)):
            return
        current, what = (
            Epoch.objects.current(),
            f"the head names seal {head.sequence}, the last one is {last}",
        )
        if head.epoch != current:
            epochs = (
                f"its epoch is {head.epoch or 'the first'}, that of the database {current or 'the first'}"
            )
            yield Fault(Kind.RESTORED, f"{what}; {epochs}. If nobody restored a backup, the log was cut off.")
        elif head.sequence > last:
            seals = _range("seal", last + 1, head.sequence)
            yield Fault(Kind.TRUNCATED, f"{seals}, and their events: {what}")
        else:
            yield Fault(Kind.REWRITTEN, f"seal {head.sequence} is not the one that the head names")

    def _step(self) -> None:
        self._done += 1
        if self._done % STEP == 0 or self._done == self._total:
            self._progress(self._done, self._total)


class _Run:
    """Unsealed events that follow one another, to be reported at once."""

    def __init__(self) -> None:
        self.count, self.first, self.last, self.uuid = 0, 0, 0, ""

    def add(self, pk: int, uuid: str) -> None:
        if not self.count:
            self.first, self.uuid = pk, uuid
        self.count, self.last = self.count + 1, pk

    def end(self) -> Iterator[Fault]:
        if self.count:
            others = f" to event {self.last}, {self.count} in all" if self.count > 1 else ""
            yield Fault(Kind.UNSEALED, f"event {self.first} ({self.uuid}){others}, older than two minutes")
        self.count = 0


def _range(noun: str, first: int, last: int) -> str:
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
