"""Keyset paging: lists continue after a key instead of an offset, so every page costs the same."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any])


def parse_uuid(text: str) -> UUID | None:
    """The UUID in ``text``, or None if it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def row_named(rows: QuerySet[Row], text: str, *, by: str = "uuid") -> Row | None:
    """The first row whose UUID is ``text``, or None; runs one statement at most."""
    uuid = parse_uuid(text)
    return rows.filter(**{by: uuid}).first() if uuid else None


def rows_after(rows: Rows, order: str, last: Model | None) -> Rows:
    """The rows after ``last``, for a list ordered by one column and then by primary key.

    ``-column`` means descending order in both. Returns all rows if ``last`` is None or its column is empty.
    """
    column, compare = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    value: Any = getattr(last, column, None)
    if last is None or value is None:
        return rows
    further = Q(**{f"{column}__{compare}": value})
    return rows.filter(further | Q(**{column: value, f"pk__{compare}": last.pk}))
