"""The queue: what waits for a decision, the longest wait first."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from portal.accounts.doors import SignedInRequest
from portal.accounts.models import User
from registrations import permissions
from registrations.admin import exceptions
from registrations.admin.front import QUEUE_NAME
from registrations.admin.life import life
from registrations.admin.paging import MOST_ROWS, CappedPaginator
from registrations.admin.queue_filters import (
    UNDER_REVIEW,
    EnvironmentFilter,
    PkceFilter,
    StateFilter,
    chosen_state,
)
from registrations.admin.review import review
from registrations.admin.wording import age, state_of
from registrations.models import Registration
from registrations.rules.findings import Severity


def review_url(registration: Registration) -> str:
    """Where its review page is."""
    return reverse("admin:registrations_registration_review", args=[registration.uuid])


def _person(request: HttpRequest) -> User:
    """Behind the admin's own door everybody is known."""
    return cast(User, request.user)


class Queue(ChangeList):
    """A list whose rows lead to the review page."""

    def url_for_result(self, result: Any) -> str:
        return review_url(result)


@admin.register(Registration)
class RegistrationAdmin(admin.ModelAdmin):
    """Shows what was submitted; drafts are their partner's own. Nothing is saved here."""

    list_display = (
        "client",
        "organisation",
        "environment_asked",
        "state",
        "revision",
        "waiting",
        "warnings",
        "pkce",
    )
    list_filter = (StateFilter, EnvironmentFilter, PkceFilter)
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        """The queue and the pages of one registration stand in for all pages of the stock admin."""
        view, name = self.admin_site.admin_view, "registrations_registration"
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<uuid:uuid>/review/", view(self.review_view), name=f"{name}_review"),
            path("exceptions/", view(self.exceptions_view), name=f"{name}_exceptions"),
            path("<uuid:uuid>/exception/", view(self.exception_view), name=f"{name}_exception"),
            path("<uuid:uuid>/life/", view(self.life_view), name=f"{name}_life"),
            path("<int:pk>/change/", view(self.to_review), name=f"{name}_change"),
        ]

    def review_view(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return review(cast(SignedInRequest, request), uuid, frame=self.admin_site.each_context(request))

    def life_view(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return life(cast(SignedInRequest, request), uuid, frame=self.admin_site.each_context(request))

    def exceptions_view(self, request: HttpRequest) -> HttpResponse:
        return exceptions.listing(cast(SignedInRequest, request), frame=self.admin_site.each_context(request))

    def exception_view(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        return exceptions.one(cast(SignedInRequest, request), uuid, frame=frame)

    def to_review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stock page of a row has nothing to add to the review page."""
        row = Registration.objects.filter(pk=pk, revision_count__gt=0).first()
        if row is None or not permissions.may_see_desk(_person(request)):
            raise Http404
        return redirect(review_url(row))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What was submitted, each with its newest revision in the same statement."""
        newest = FilteredRelation("revisions", condition=Q(revisions__number=F("revision_count")))
        rows: QuerySet[Any] = Registration.objects.filter(revision_count__gt=0).annotate(newest=newest)
        rows = rows.annotate(exception_status=F("newest__pkce_exception__status"))
        return rows.select_related("organisation", "newest")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Who waits longest comes first; where nobody waits, what is newest does."""
        if chosen_state(request) == UNDER_REVIEW:
            return ("newest__submitted_at", "newest__pk")
        return ("-pk",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The filters are all there is: a column nobody shows cannot be probed by its address."""
        return lookup in {one.parameter_name for one in self.list_filter}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_see_desk(_person(request))

    def has_view_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return permissions.may_see_desk(_person(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        shown = {
            "title": QUEUE_NAME,
            "waiting": chosen_state(request) == UNDER_REVIEW,
            "most_rows": MOST_ROWS,
            "is_nav_sidebar_enabled": False,  # the columns need its place
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description="Client")
    def client(self, row: Any) -> str:
        return str(row.newest.client_name)

    @admin.display(description="Environment")
    def environment_asked(self, row: Any) -> str:
        return str(row.newest.get_environment_display())

    @admin.display(description="State")
    def state(self, row: Any) -> str:
        key, words = state_of(row, row.newest.stage)
        return format_html('<span class="desk-state desk-state-{}">{}</span>', key, words)

    @admin.display(description="Revision")
    def revision(self, row: Any) -> int:
        return int(row.newest.number)

    @admin.display(description="Submitted")
    def waiting(self, row: Any) -> str:
        since = row.newest.submitted_at
        return format_html('<time datetime="{}">{}</time>', since.isoformat(), age(since))

    @admin.display(description="Warnings")
    def warnings(self, row: Any) -> int:
        return sum(finding["severity"] == Severity.WARN for finding in row.newest.findings)

    @admin.display(description="PKCE exception", empty_value="")
    def pkce(self, row: Any) -> str:
        if row.exception_status is None:
            return ""
        words = row.exception_status.replace("_", " ").capitalize()
        return format_html('<span class="desk-mark">{}</span>', words)
