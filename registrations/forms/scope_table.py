"""The scopes as a table: a row for each resource, with what it can read and what it can write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from registrations.forms.scope_reasons import ScopeReason


class Option(NamedTuple):
    """A radio button or checkbox; ``reason`` is the field for the reason of a scope that needs one."""

    id: str
    value: str
    label: str
    note: str
    chosen: bool
    is_offered: bool
    reason: ScopeReason | None = None


class ScopeRow(NamedTuple):
    """A resource and its two scopes; None where there is no such scope."""

    resource: str
    read: Option | None
    write: Option | None


@dataclass(frozen=True)
class ScopeTable:
    """The rows, and the scopes that are neither ``<resource>:read`` nor ``<resource>:write``."""

    rows: list[ScopeRow]
    others: list[Option]


def scope_table(options: Iterable[Option]) -> ScopeTable:
    """Group the options by resource, in the order in which they are given."""
    found: dict[str, dict[str, Option]] = {}
    others = []
    for option in options:
        resource, _, permission = option.value.partition(":")
        if resource and option.is_offered and permission in ("read", "write"):
            found.setdefault(resource, {})[permission] = option
        else:
            others.append(option)
    rows = [
        ScopeRow(resource.replace("-", " ").capitalize(), pair.get("read"), pair.get("write"))
        for resource, pair in found.items()
    ]
    return ScopeTable(rows, others)
