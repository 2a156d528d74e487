"""Lists read a page at a time by key, not by offset: the hundredth page costs what the first does."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])


def parse_uuid(text: str) -> UUID | None:
    """The UUID that a text spells, None if it spells none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def row_named(rows: QuerySet[Row], text: str, *, by: str = "uuid") -> Row | None:
    """The first of the rows that an address names by UUID, None if it names none: one statement at most."""
    uuid = parse_uuid(text)
    return rows.filter(**{by: uuid}).first() if uuid else None


def rows_after(rows: Rows, order: str, last: Model | None) -> Rows:
    """The rows behind ``last`` where they are in the order of one column, then of the primary key.

    ``-column`` means from the highest down, in both. All rows where ``last`` is None.
    """
    if last is None:
        return rows
    column, compare = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    value: Any = getattr(last, column)
    further = Q(**{f"{column}__{compare}": value})
    return rows.filter(further | Q(**{column: value, f"pk__{compare}": last.pk}))
