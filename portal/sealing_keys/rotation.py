"""Seals every stored value again with the newest key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from portal import sealing
from portal.audit import events
from portal.sealing_keys import canaries
from portal.sealing_keys.events import SealingEvent
from portal.sealing_keys.models import SealingCanary
from portal.sealing_keys.stored_values import BATCH, Survey, batches, seal_again

Progress = Callable[[int, int], None]
"""Is called after each batch with the number of values that are done, and of all there are to do."""


class NothingNew(Exception):  # noqa: N818 — an answer, not a fault
    """Every value that opens is already sealed with the newest key; ``unopened`` names the others."""

    def __init__(self, unopened: list[str]) -> None:
        super().__init__("Everything is already sealed with the newest key.")
        self.unopened = unopened


class WrongKeys(Exception):  # noqa: N818 — an answer, not a fault
    """No configured key opens a canary; ``missing`` are the ids of the keys that would."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("No configured key opens what is stored.")
        self.missing = missing


@dataclass(frozen=True)
class Rotation:
    """What a run did: values sealed again, left with an older key for now, and places no key opens."""

    resealed: int
    left: int
    unopened: list[str]


def rotate(progress: Progress, *, batch_size: int = BATCH, others_are_lost: bool = False) -> Rotation:
    """Seal again with the newest key what an older one opens, in batches that are committed one by one.

    A run that is killed has done whole batches; the next one does the rest. ``others_are_lost`` gives up the
    keys that are not configured any more. Raises NothingNew and WrongKeys.
    """
    found, newest = Survey.of_all(), sealing.key_ids()[0]
    opened, missing = canaries.opened_by_key(), canaries.missing_keys()
    if not (opened or others_are_lost) and (missing or found.opens_nothing):
        raise WrongKeys(missing)
    if not found.older and set(opened) == {newest} and not (missing and others_are_lost):
        raise NothingNew(found.unopened)
    start(newest)
    resealed = done = 0
    for column, batch in batches(batch_size):
        resealed += seal_again(column, batch)
        done += len(batch)
        progress(done, found.by_key.total() + len(found.unopened))
    return finish(newest, resealed, lost=missing if others_are_lost else [])


def start(newest: str) -> None:
    """Make the canary of the newest key, and record that a run has begun."""
    with transaction.atomic(durable=True):
        canaries.make({newest})
        _record(SealingEvent.ROTATION_STARTED, newest, {})


def finish(newest: str, resealed: int, *, lost: list[str]) -> Rotation:
    """Forget the keys that open nothing any more and those that are lost, and record what was done."""
    after = Survey.of_all()
    done_with = [key for key in canaries.opened_by_key() if key != newest and not after.by_key[key]]
    with transaction.atomic(durable=True):
        canaries.forget([*done_with, *lost])
        counts = {"resealed": resealed, "left": after.older, "unopened": len(after.unopened)}
        _record(SealingEvent.ROTATED, newest, counts)
    return Rotation(resealed, after.older, after.unopened)


def _record(event: SealingEvent, newest: str, counts: dict[str, int]) -> None:
    stream = SealingCanary.objects.get(key_id=newest).uuid
    events.record(event, by=None, stream=stream, objects=[f"sealing_key:{newest}"], detail=counts)
