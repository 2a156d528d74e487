"""The filters of the queue: fixed choices, so that no filter reads the table, each with its count."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, NamedTuple, cast

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User
from registrations.admin import paging
from registrations.admin.queue.marks import has_mark
from registrations.admin.states import PARAMETER, STATES, UNDER_REVIEW, Rows, chosen_state
from registrations.domain.lifecycle import PkceStatus
from registrations.domain.lifecycle import RevisionStatus as V
from registrations.domain.signals import MarkKind, Severity
from registrations.models import Snooze
from registrations.queries import work
from registrations.rules.vocabulary import Environment, PkceSupport

Choices = list[tuple[str, str]]
_TEMPLATE: Final = "admin/registrations/registration/_filter.html"


class StateFilter(SimpleListFilter):
    """The state of the registration; by default, what is under review."""

    title = "State"
    parameter_name = PARAMETER
    template = _TEMPLATE

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        self.chosen = chosen_state(request)
        return [(key, state.words) for key, state in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset  # get_queryset starts from the rows of the state

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for key, words in self.lookup_choices:
            yield {
                "selected": key == self.chosen,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


class OrderFilter(SimpleListFilter):
    """The order of what waits: by age, the longest wait first or last, or by risk."""

    title = "Order"
    parameter_name = "order"
    template = _TEMPLATE

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        if chosen_state(request) != UNDER_REVIEW:
            return []
        return [("newest", "Newest first"), ("risk", "Riskiest first")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset  # get_ordering says the order

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        parameter = str(self.parameter_name)
        for key, words in [(None, "Oldest first"), *self.lookup_choices]:
            yield {
                "selected": self.value() == key,
                "query_string": changelist.get_query_string({parameter: key}),
                "display": words,
            }

    @classmethod
    def is_turned(cls, request: HttpRequest) -> bool:
        """Whether what was submitted last comes first."""
        return request.GET.get(cls.parameter_name) == "newest"

    @classmethod
    def is_by_risk(cls, request: HttpRequest) -> bool:
        """Whether what has the gravest marks comes first."""
        return request.GET.get(cls.parameter_name) == "risk"


class Choice(NamedTuple):
    """One choice of a filter: its label and its rows."""

    words: str
    rows: Q


class QueueFilter(SimpleListFilter, ABC):
    """A filter whose choices are conditions, which the database counts as well.

    The empty key is the choice of whoever chooses none; without one of its own, it takes every row.
    """

    template = _TEMPLATE
    parameter_name: str
    offered: Mapping[str, Choice]

    @abstractmethod
    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        """The choices besides that of every row, by their keys in the URL."""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        self.offered = {"": Choice("Any", Q()), **self.offers(cast(User, request.user), request)}
        return [(key, choice.words) for key, choice in self.offered.items()]

    @property
    def hides(self) -> bool:
        """Whether it leaves rows out although nothing is chosen."""
        return not self.chosen and bool(self.offered[""].rows)

    @property
    def chosen(self) -> str:
        """The key of the choice in the URL, empty for none or an unknown one."""
        value = self.value() or ""
        return value if value in self.offered else ""

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset.filter(self.offered[self.chosen].rows)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        counts = cast("Counts", vars(changelist)["counts"])
        for key, choice in self.offered.items():
            yield {
                "selected": key == self.chosen,
                "query_string": changelist.get_query_string({self.parameter_name: key or None}),
                "display": choice.words,
                "count": counts.of(self, key),
            }


class ClaimFilter(QueueFilter):
    """Who claimed the review; ``unclaimed`` holds only what is under review."""

    title = "Claim"
    parameter_name = "claim"

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        me = reader.pk
        return {
            "mine": Choice("Mine", Q(newest__claimed_by=me)),
            "unclaimed": Choice("Unclaimed", Q(newest__status=V.UNDER_REVIEW, newest__claimed_by=None)),
            # in place of a negation, which would look again for the newest revision of each row
            "others": Choice("Colleagues", Q(newest__claimed_by__lt=me) | Q(newest__claimed_by__gt=me)),
        }


class WorkFilter(QueueFilter):
    """What a second person or a PKCE approver has to do."""

    title = "Needs"
    parameter_name = "needs"

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        self.looks = work.second_looks(reader)
        asked = Q(newest__status=V.UNDER_REVIEW, newest__pkce_exception__status=PkceStatus.REQUESTED)
        return {
            "second_look": Choice("My second look", Q(newest__pk__in=self.looks.mine)),
            "pkce": Choice("A PKCE decision", asked),
        }


class SnoozeFilter(QueueFilter):
    """What the reader snoozed, which is left out of the queue until it is due; a search finds it."""

    title = "Snoozed"
    parameter_name = "snoozed"

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        asleep = Snooze.objects.of(reader).asleep_on(timezone.now().date())
        mine = Exists(asleep.filter(revision=OuterRef("newest__pk")))
        offered = {"mine": Choice("By me", Q(mine))}
        is_queue = chosen_state(request) == UNDER_REVIEW and not request.GET.get("q", "").strip()
        return {"": Choice("No", Q(~mine)), **offered} if is_queue else offered


class KindFilter(QueueFilter):
    """Whether the client was approved before."""

    title = "Kind"
    parameter_name = "kind"
    kinds: ClassVar[Mapping[str, Choice]] = {
        "new": Choice("New", Q(client_id__isnull=True)),
        "change": Choice("Change", Q(client_id__isnull=False)),
    }

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        return self.kinds


class EnvironmentFilter(QueueFilter):
    """The environment that the newest revision asks for."""

    title = "Environment"
    parameter_name = "environment"

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        return {one.value: Choice(one.value.capitalize(), Q(newest__environment=one)) for one in Environment}


class PkceFilter(QueueFilter):
    """Whether the newest revision says that it cannot support PKCE."""

    title = "PKCE"
    parameter_name = "pkce"

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        without = Q(newest__pkce_support=PkceSupport.EXCEPTION_REQUESTED)
        return {
            "requested": Choice("Exception", without),
            "supported": Choice("Supported", Q(newest__pkce_support=PkceSupport.SUPPORTED)),
        }


class MarkFilter(QueueFilter):
    """One kind of mark that what is under review has."""

    title = "Mark"
    parameter_name = "mark"
    kinds: ClassVar[Mapping[str, Choice]] = {
        kind.value: Choice(kind.about.short, has_mark(kind))
        for kind in MarkKind
        if kind.severity is not Severity.NOTE
    }

    def offers(self, reader: User, request: HttpRequest) -> Mapping[str, Choice]:
        return self.kinds


QUEUE_FILTERS: Final = (
    StateFilter,
    ClaimFilter,
    WorkFilter,
    SnoozeFilter,
    KindFilter,
    EnvironmentFilter,
    PkceFilter,
    MarkFilter,
    OrderFilter,
)


class Counts:
    """How many rows each choice would list, the choices of the other filters being as they are.

    One statement reads a row of flags for each listed row, and stops with the list at ``MOST_ROWS``. Beyond
    that, and without ``rows``, nothing is counted: only what waits is few enough.
    """

    def __init__(self, rows: Rows | None, filters: Iterable[QueueFilter]) -> None:
        self._filters = list(filters)
        offered = {
            (one.parameter_name, key): choice.rows
            for one in self._filters
            for key, choice in one.offered.items()
            if choice.rows
        }
        self._places = {pair: place for place, pair in enumerate(offered)}
        flags = {f"flag_{place}": work.when(condition) for place, condition in enumerate(offered.values())}
        read = rows.annotate(**flags).values_list(*flags)[: paging.MOST_ROWS + 1] if rows is not None else ()
        found = list(read)
        self.is_complete = rows is not None and len(found) <= paging.MOST_ROWS
        self._counted: Counter[tuple[str, str]] = Counter()
        for row, times in Counter(found if self.is_complete else ()).items():
            self._count(row, times)

    def of(self, spec: QueueFilter, key: str) -> int | None:
        """The number of rows; None where there are too many to count."""
        return self._counted[spec.parameter_name, key] if self.is_complete else None

    @property
    def listed(self) -> int | None:
        """How many rows the filters as they are list; None where there are too many to count."""
        return self.of(self._filters[0], self._filters[0].chosen)

    def _count(self, row: tuple[bool, ...], times: int) -> None:
        """Count a row for each choice that would list it: where one filter leaves it out, for that one's."""
        out = [one for one in self._filters if not self._takes(one, one.chosen, row)]
        if len(out) > 1:
            return
        for one in out or self._filters:
            taking = [key for key in one.offered if self._takes(one, key, row)]
            self._counted.update({(one.parameter_name, key): times for key in taking})

    def _takes(self, spec: QueueFilter, key: str, row: tuple[bool, ...]) -> bool:
        place = self._places.get((spec.parameter_name, key))
        return True if place is None else row[place]
