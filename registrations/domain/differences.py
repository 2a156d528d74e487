"""The changes from one record to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from registrations.rules.free_text import with_plain_line_ends
from registrations.rules.metadata import Metadata, Value, value_of
from registrations.rules.overrides import OverrideRequest
from registrations.rules.record_fields import FIELDS, LABELS

_OVERRIDE_REQUESTS: Final = "What Pleo is asked to accept"


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

    @classmethod
    def of_lists(cls, field: str, old: tuple[str, ...], new: tuple[str, ...]) -> Change | None:
        """The change from one list to another, compared as sets; ``None`` if nothing differs."""
        added = tuple(entry for entry in dict.fromkeys(new) if entry not in old)
        removed = tuple(entry for entry in dict.fromkeys(old) if entry not in new)
        label = LABELS.get(field, _OVERRIDE_REQUESTS)
        return cls(field, label, old, new, added, removed) if added or removed else None


def difference(old: Metadata, new: Metadata) -> list[Change]:
    """Every field that differs, in the order of the form.

    Lists are compared as sets. How the lines of a text end makes no difference.
    """
    changes: list[Change | None] = []
    for field in FIELDS:
        before, after = value_of(old, field), value_of(new, field)
        if field == "scope":
            before, after = _with_changed_reasons(old, new)
        if isinstance(before, tuple) and isinstance(after, tuple):
            changes.append(Change.of_lists(field, before, after))
        elif not _is_same_text(before, after):
            changes.append(Change(field, LABELS[field], before, after))
    return [change for change in changes if change]


def is_same(old: Metadata, new: Metadata) -> bool:
    """Whether nothing but the order of lists differs, so that a reviewer would read the same."""
    return not difference(old, new)


def _is_same_text(old: Value, new: Value) -> bool:
    if isinstance(old, str) and isinstance(new, str):
        return with_plain_line_ends(old) == with_plain_line_ends(new)
    return old == new


def _with_changed_reasons(old: Metadata, new: Metadata) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The scopes of both records, followed by the reasons that differ for the scopes they share.

    A scope's name contains no blank (S-02), so a reason cannot be mistaken for a name.
    """
    before, after = dict(old.scope_reasons), dict(new.scope_reasons)
    shared = [name for name in new.scope if name in old.scope]
    kept = [name for name in shared if not _is_same_text(before.get(name), after.get(name))]
    return (
        old.scope + tuple(f"{name}: {before[name]}" for name in kept if before.get(name)),
        new.scope + tuple(f"{name}: {after[name]}" for name in kept if after.get(name)),
    )


def difference_of_override_requests(
    old: Iterable[OverrideRequest], new: Iterable[OverrideRequest]
) -> list[Change]:
    """Changes in the override requests (G-06) or their reasons."""
    before, after = (
        tuple(f"{one.rule} {one.value}: {with_plain_line_ends(one.reason)}" for one in requested)
        for requested in (old, new)
    )
    change = Change.of_lists("review_asked", before, after)
    return [change] if change else []
