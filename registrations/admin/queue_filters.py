"""What the queue can be narrowed to: fixed choices, so that no filter reads the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from registrations.rules.lifecycle import RegistrationStatus as R
from registrations.rules.lifecycle import RevisionStatus as V
from registrations.rules.vocabulary import Environment, PkceSupport

Choices = list[tuple[str, str]]
Rows = QuerySet[Any]

UNDER_REVIEW = "under_review"
_PENDING = Q(status=R.PENDING)
_STATES = {
    UNDER_REVIEW: ("Under review", Q(newest__status=V.UNDER_REVIEW)),
    "all": ("All", Q()),
    "live": ("Live", Q(status=R.ACTIVE)),
    "changes_requested": ("Changes requested", _PENDING & Q(newest__status=V.SENT_BACK)),
    "rejected": ("Rejected", _PENDING & Q(newest__status=V.REJECTED)),
    "withdrawn": ("Withdrawn", _PENDING & Q(newest__status=V.WITHDRAWN)),
    "suspended": ("Suspended", Q(status=R.SUSPENDED)),
    "closed": ("Closed", Q(status=R.CLOSED)),
}


def chosen_state(request: HttpRequest) -> str:
    """The key of the state that the page lists; what waits for a decision, unless told otherwise."""
    asked = request.GET.get(StateFilter.parameter_name, "")
    return asked if asked in _STATES else UNDER_REVIEW


class StateFilter(SimpleListFilter):
    """The state of the registration, with what is under review preset."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        self.chosen = chosen_state(request)
        return [(key, words) for key, (words, _) in _STATES.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset.filter(_STATES[self.chosen][1])

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for key, words in self.lookup_choices:
            yield {
                "selected": key == self.chosen,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


class EnvironmentFilter(SimpleListFilter):
    """The environment that the newest revision asks for."""

    title = "environment"
    parameter_name = "environment"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        return [(environment.value, environment.value.capitalize()) for environment in Environment]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        if self.value() not in set(Environment):
            return queryset
        return queryset.filter(newest__environment=self.value())


class PkceFilter(SimpleListFilter):
    """Whether the newest revision says that it cannot support PKCE."""

    title = "PKCE"
    parameter_name = "pkce"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        return [("requested", "Exception requested"), ("supported", "Supported")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        support = {"requested": PkceSupport.EXCEPTION_REQUESTED, "supported": PkceSupport.SUPPORTED}
        asked = support.get(self.value() or "")
        return queryset.filter(newest__pkce_support=asked) if asked else queryset
