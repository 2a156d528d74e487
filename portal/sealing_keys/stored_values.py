"""Every stored sealed value, found through ``portal.sealing.sealed_columns``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Expression, F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from portal import sealing
from portal.sealing import SealedColumn, sealed_columns

BATCH: Final = 100
"""Values that are read at once, and sealed again in one transaction. A kept form can have 350 kB."""


class StoredValue(NamedTuple):
    """A sealed value, and the row that holds it."""

    pk: Any
    uuid: UUID
    sealed: str


@dataclass
class Survey:
    """How many stored values each configured key opens, and the places of those that none opens."""

    by_key: Counter[str] = field(default_factory=Counter)
    unopened: list[str] = field(default_factory=list)

    @classmethod
    def of_all(cls) -> Self:
        """Try the keys on every stored value."""
        found = cls()
        for column, batch in batches():
            for value in batch:
                key = sealing.id_of_key(value.sealed)
                if key is None:
                    found.unopened.append(f"{_model(column)._meta.db_table} {value.uuid}")
                else:
                    found.by_key[key] += 1
        return found

    @property
    def older(self) -> int:
        """How many values a key opens that is not the newest."""
        return self.by_key.total() - self.by_key[sealing.key_ids()[0]]

    @property
    def opens_nothing(self) -> bool:
        """Whether there are values, and none of them opens."""
        return bool(self.unopened) and not self.by_key


def batches(size: int = BATCH) -> Iterator[tuple[SealedColumn, list[StoredValue]]]:
    """All sealed values, each column in the order of its primary key, by one short query a batch."""
    for column in dict.fromkeys(sealed_columns.values()):
        rows = (
            _rows(column)
            .alias(found=_sealed(column))
            .filter(found__isnull=False)
            .order_by("pk")
            .values_list("pk", column.named_by, _sealed(column))
        )
        batch = [StoredValue(*row) for row in rows[:size]]
        while batch:
            yield column, batch
            batch = [StoredValue(*row) for row in rows.filter(pk__gt=batch[-1].pk)[:size]]


def seal_again(column: SealedColumn, batch: list[StoredValue]) -> int:
    """Seal with the newest key what an older one opens; returns how many were, in one transaction.

    A value that was wiped or changed since it was read stays as it is now. A row that somebody else is
    changing is left out, so that nobody waits for a second row while holding one.
    """
    newest, fresh = sealing.key_ids()[0], {}
    for value in batch:
        if sealing.id_of_key(value.sealed) not in (newest, None):
            fresh[value.pk] = value.sealed, sealing.reseal(value.sealed)
    if not fresh:
        return 0
    with transaction.atomic(durable=True):
        free = _rows(column).filter(pk__in=fresh).order_by("pk").select_for_update(skip_locked=True)
        return sum(_replace(column, pk, *fresh[pk]) for pk in list(free.values_list("pk", flat=True)))


def _replace(column: SealedColumn, pk: Any, before: str, after: str) -> int:
    """Store ``after`` in the locked row if it still holds ``before``; returns how many rows were changed."""
    row = _rows(column).filter(pk=pk)
    if not column.keys:
        return row.filter(**{column.field: before}).update(**{column.field: after})
    for whole in row.values_list(column.field, flat=True):
        anew = {key: after for key in column.keys if whole.get(key) == before}
        return row.update(**{column.field: {**whole, **anew}}) if anew else 0
    return 0


def _sealed(column: SealedColumn) -> Expression | F:
    """The sealed value of a row; NULL where it has none."""
    if not column.keys:
        return F(column.field)
    return Coalesce(*(KeyTextTransform(key, column.field) for key in column.keys))


def _model(column: SealedColumn) -> type[models.Model]:
    return apps.get_model(column.model)


def _rows(column: SealedColumn) -> models.QuerySet[Any]:
    return _model(column)._base_manager.all()
