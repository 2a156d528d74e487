"""Reads events as the database stores them, for whoever seals and verifies them.

Django would give what the columns mean: not whether somebody wrote it in another way that only some readers
understand, and nothing at all where SQLite holds what is no time or no JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Max, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

from portal.audit.models import Event

_FIRST: Final = ("uuid", "at", "verb", "outcome", "actor", "stream", "moved", "detail")
FIELDS: Final = {
    1: _FIRST,
    2: (*_FIRST, "organisation", "request_id", "object", "version"),
}
"""The columns of an event that are sealed besides its id, by the form of the seal.

A form that has sealed events is never changed. A later column makes a new form, the last one.
"""
FORM: Final = max(FIELDS)
COLUMNS: Final = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))
PIECE: Final = 10_000
"""Events that one statement looks at, where all are looked at."""
_PLACES: Final = {form: [COLUMNS.index(name) for name in names] for form, names in FIELDS.items()}
_UUID, _AT = COLUMNS.index("uuid"), COLUMNS.index("at")
_TEXT_ON_SQLITE: Final = "text:"


class Stored(Func):
    """A column as text; on SQLite, which lets any type into any column, the type and the bytes in hex."""

    arity = 1
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        template = "typeof(%(expressions)s) || ':' || hex(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


class Row(NamedTuple):
    """An event: its id, and its other columns as stored, in the order of ``COLUMNS``."""

    pk: int
    stored: tuple[str | None, ...]

    def of_form(self, form: int) -> list[str | None]:
        """What a seal of this form is about."""
        return [self.stored[place] for place in _PLACES[form]]

    @property
    def uuid(self) -> str:
        return identity(self.stored[_UUID])

    @property
    def at(self) -> datetime | None:
        return moment(self.stored[_AT])


def read(events: QuerySet[Event]) -> list[Row]:
    """The events of the queryset, in its order."""
    found = events.values_list("pk", *(Stored(name) for name in COLUMNS))
    return [Row(pk, tuple(stored)) for pk, *stored in found]


def pieces() -> Iterator[QuerySet[Event]]:
    """All events in the order of their ids, a bounded number in each queryset."""
    rest = Event.objects.order_by("pk")
    while (last := rest[:PIECE].aggregate(last=Max("pk"))["last"]) is not None:
        yield rest.filter(pk__lte=last)
        rest = Event.objects.order_by("pk").filter(pk__gt=last)


def plain(stored: str | None) -> str:
    """The text that a column holds, for people; empty for one that holds no text."""
    if stored is None or not stored.startswith(_TEXT_ON_SQLITE):
        return stored or ""
    return bytes.fromhex(stored.removeprefix(_TEXT_ON_SQLITE)).decode(errors="replace")


def identity(stored: str | None) -> str:
    """The UUID that a column holds, as everybody writes it; its text where that is no UUID."""
    try:
        return str(UUID(plain(stored)))
    except ValueError:
        return plain(stored)


def moment(stored: str | None) -> datetime | None:
    """The time that a column holds; None where that is no time."""
    try:
        found = datetime.fromisoformat(plain(stored))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
