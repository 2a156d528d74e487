"""Lists of the desk, and paging that costs the same however long a table grows."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

MOST_ROWS = 1000
"""Rows that a list of the desk leads through; filters lead to the others."""


class CappedPaginator(Paginator):
    """Counts no further than :data:`MOST_ROWS`, so that the count stays as quick as the page.

    It keeps the order, by which the database takes the same index as for the page.
    """

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.values("pk")[:MOST_ROWS].count()


class Listing(ChangeList):
    """A list that offers to show all only where something narrows it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count
