"""Lists of the desk, with paging whose cost does not grow with the table."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

MOST_ROWS = 1000
"""The most rows that a list of the desk pages through; filters lead to the others."""


class CappedPaginator(Paginator):
    """A paginator that stops counting at :data:`MOST_ROWS`, so that the count is as fast as the page.

    It keeps the order, so that the database uses the same index as for the page.
    """

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.values("pk")[:MOST_ROWS].count()


class Listing(ChangeList):
    """A list that offers to show all rows only while a search or filter narrows it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count
