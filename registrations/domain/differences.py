"""The changes from one record to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from registrations.rules.fields import FIELDS, LABELS
from registrations.rules.metadata import Metadata, Value, value_of
from registrations.rules.overrides import OverrideRequest

_OVERRIDE_REQUESTS: Final = "What a reviewer is asked"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs.

    ``old`` and ``new`` are the whole values; ``added`` and ``removed`` are the entries added to and removed
    from a list, empty for other fields. Among the scopes, entries of the form ``name: reason`` show reasons
    that changed.
    """

    field: str
    label: str
    old: Value
    new: Value
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def difference(old: Metadata, new: Metadata) -> list[Change]:
    """Every field that differs, in the order of the form; lists are compared as sets."""
    return list(_changes(old, new))


def is_same(old: Metadata, new: Metadata) -> bool:
    """Whether nothing but the order of lists differs, so that a reviewer would read the same."""
    return not difference(old, new)


def _changes(old: Metadata, new: Metadata) -> Iterator[Change]:
    for field in FIELDS:
        before, after = value_of(old, field), value_of(new, field)
        if field == "scope":
            before, after = _with_changed_reasons(old, new)
        if isinstance(before, tuple) and isinstance(after, tuple):
            yield from _list_change(field, before, after)
        elif before != after:
            yield Change(field, LABELS[field], before, after)


def _with_changed_reasons(old: Metadata, new: Metadata) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The scopes of both records, followed by the reasons that differ for the scopes they share.

    A scope's name contains no blank (S-02), so a reason cannot be mistaken for a name.
    """
    before, after = dict(old.scope_reasons), dict(new.scope_reasons)
    kept = [name for name in new.scope if name in old.scope and before.get(name) != after.get(name)]
    return (
        old.scope + tuple(f"{name}: {before[name]}" for name in kept if before.get(name)),
        new.scope + tuple(f"{name}: {after[name]}" for name in kept if after.get(name)),
    )


def difference_of_override_requests(
    old: Iterable[OverrideRequest], new: Iterable[OverrideRequest]
) -> list[Change]:
    """Changes in the override requests (G-06) or their reasons."""
    before, after = (
        tuple(f"{one.rule} {one.value}: {one.reason}" for one in requested) for requested in (old, new)
    )
    return list(_list_change("review_asked", before, after))


def _list_change(field: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    added = tuple(entry for entry in dict.fromkeys(after) if entry not in before)
    removed = tuple(entry for entry in dict.fromkeys(before) if entry not in after)
    if added or removed:
        yield Change(field, LABELS.get(field, _OVERRIDE_REQUESTS), before, after, added, removed)
