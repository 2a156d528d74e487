"""The filters of the queue: fixed choices, so that no filter reads the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpRequest

from registrations.admin.states import PARAMETER, STATES, Rows, chosen_state
from registrations.domain.lifecycle import RevisionStatus as V
from registrations.rules.vocabulary import Environment, PkceSupport

Choices = list[tuple[str, str]]


class StateFilter(SimpleListFilter):
    """The state of the registration; by default, what is under review."""

    title = "state"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        self.chosen = chosen_state(request)
        return [(key, words) for key, (words, *_) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset  # get_queryset starts from the rows of the state

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for key, words in self.lookup_choices:
            yield {
                "selected": key == self.chosen,
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": words,
            }


class ClaimFilter(SimpleListFilter):
    """Who claimed the review; ``unclaimed`` holds only what is under review."""

    title = "claim"
    parameter_name = "claim"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        return [("mine", "Mine"), ("unclaimed", "Unclaimed"), ("others", "Claimed by others")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        me = request.user.pk
        claims = {
            "mine": Q(newest__claimed_by=me),
            "unclaimed": Q(newest__status=V.UNDER_REVIEW, newest__claimed_by=None),
            # in place of a negation, which would look again for the newest revision of each row
            "others": Q(newest__claimed_by__lt=me) | Q(newest__claimed_by__gt=me),
        }
        chosen = claims.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


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
