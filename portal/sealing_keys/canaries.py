"""Makes the canaries, and takes away those whose keys are not needed any more."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from portal import sealing
from portal.sealing_keys.models import SealingCanary
from portal.sealing_keys.stored_values import Survey

log = structlog.stdlib.get_logger("portal.sealing")


def keep() -> None:
    """Make the canary of the newest key, provided that these keys open what is there.

    Keys that open no canary, or where there is none no stored value, may be the wrong ones: that is logged
    as an error, and no canary is made that would vouch for them. Several processes may do this at once.
    """
    newest, opened = sealing.key_ids()[0], opened_by_key()
    if not SealingCanary.objects.exists():
        found = Survey.of_all()
        if not found.opens_nothing:
            make({newest, *found.by_key})
            return
    elif opened:
        make({newest})
        return
    log.error("sealing_keys_open_nothing", keys=sealing.key_ids())


def make(keys: Iterable[str]) -> None:
    """Make the canaries of these configured keys, where they are missing."""
    there = set(SealingCanary.objects.values_list("key_id", flat=True))
    SealingCanary.objects.bulk_create(
        [SealingCanary(key_id=key, sealed=sealing.canary(key)) for key in sorted(set(keys) - there)],
        ignore_conflicts=True,
    )


def opened_by_key() -> dict[str, SealingCanary]:
    """The canaries that a configured key opens, by the id of that key."""
    found = ((sealing.id_of_key(canary.sealed), canary) for canary in SealingCanary.objects.all())
    return {key: canary for key, canary in found if key}


def missing_keys() -> list[str]:
    """The ids of keys that have a canary, and that no configured key is."""
    opened = [canary.pk for canary in opened_by_key().values()]
    return list(SealingCanary.objects.exclude(pk__in=opened).values_list("key_id", flat=True))


def forget(keys: Iterable[str]) -> None:
    """Delete the canaries of these keys."""
    SealingCanary.objects.filter(key_id__in=list(keys)).delete()
