"""The queue: what waits for a decision, the longest wait first."""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.admin_site import IndexRow, MainList, ReadOnly
from registrations import permissions
from registrations.admin import (
    claiming,
    client,
    exceptions,
    mentions,
    my_emails,
    organisation,
    overview,
    review,
)
from registrations.admin.links import claim_url, export_url, next_url, review_url
from registrations.admin.pages import desk_only, verb_view
from registrations.admin.paging import MOST_ROWS, CappedPaginator, Listing
from registrations.admin.queue import search
from registrations.admin.queue.export import export_queue
from registrations.admin.queue.filters import ClaimFilter, EnvironmentFilter, PkceFilter, StateFilter
from registrations.admin.queue.marks import MarkFilter, OrderFilter, icons, kinds_of, order_of, with_marks
from registrations.admin.states import STATES, UNDER_REVIEW, chosen_state, rows_of
from registrations.admin.wording import SHORT_STATES, age, state_of
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import PkceException, Registration, Revision

_VERBS: Final = {
    "claim": claiming.claim,
    "release": claiming.release,
    "reassign": claiming.reassign,
    "suspend": client.suspend,
    "reinstate": client.reinstate,
    "close": client.close,
    "revoke_exception": exceptions.revoke_exception,
}
"""The views to which the pages of one registration post, each at a URL of its own."""


class Queue(Listing):
    """The list of the queue: its rows lead to the review page, and know what the reader may do."""

    def url_for_result(self, result: Any) -> str:
        return review_url(result)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        reader = cast(User, request.user)
        homes = set(reader.memberships.values_list("organisation_id", flat=True))
        claims = permissions.may_review(reader)
        for row in self.result_list:
            row.is_mine = row.newest.claimed_by_id == reader.pk
            is_free = row.newest.stage is RevisionStatus.UNDER_REVIEW and row.newest.claimed_by_id is None
            may_claim = claims and is_free and row.organisation_id not in homes
            row.claim_url = claim_url(row, self.get_query_string()) if may_claim else ""


@admin.register(Registration)
class RegistrationAdmin(MainList, ReadOnly):
    """The queue of submitted registrations, read-only; drafts are visible to their partner alone."""

    index_name = "Review queue"
    list_display = (
        "client",
        "organisation_link",
        "environment_asked",
        "state",
        "revision",
        "waiting",
        "claim",
        "marks",
    )
    list_filter = (StateFilter, ClaimFilter, EnvironmentFilter, PkceFilter, MarkFilter, OrderFilter)
    search_fields = ("client_id",)
    search_help_text = search.HELP
    list_per_page = 50
    list_max_show_all = 0
    sortable_by = ()
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        """The queue and the pages of one registration replace all pages of the stock admin."""
        view, name = self.admin_site.admin_view, "registrations_registration"
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            *review.urls(self.admin_site),
            *(
                path(
                    f"<any_uuid:uuid>/{verb.replace('_', '-')}/",
                    verb_view(self.admin_site, handler),
                    name=f"{name}_{verb}",
                )
                for verb, handler in _VERBS.items()
            ),
            path("<any_uuid:uuid>/client/", view(client.client_page), name=f"{name}_client"),
            path("<any_uuid:uuid>/life/", view(client.former_page), name=f"{name}_life"),
            path("<any_uuid:uuid>/exception/", view(exceptions.exception_page), name=f"{name}_exception"),
            path(
                "organisations/<any_uuid:organisation_uuid>/",
                view(organisation.organisation_page),
                name=f"{name}_organisation",
            ),
            path(
                "organisations/<any_uuid:organisation_uuid>/notes/",
                verb_view(self.admin_site, organisation.write_note, page=f"{name}_organisation"),
                name=f"{name}_organisation_note",
            ),
            path("exceptions/", view(exceptions.exception_list), name=f"{name}_exceptions"),
            path("mentions/", view(mentions.mention_list), name=f"{name}_mentions"),
            path("my-emails/", view(my_emails.my_emails), name=f"{name}_my_emails"),
            path("overview/", view(overview.overview), name=f"{name}_overview"),
            path("overview/export/", view(overview.export_weeks), name=f"{name}_export_weeks"),
            path("export/", view(self.export_view), name=f"{name}_export"),
            path("next/", view(claiming.next_request), name=f"{name}_next"),
            path("<int:pk>/change/", view(self.to_review), name=f"{name}_change"),
        ]

    @method_decorator([require_POST, desk_only])
    def export_view(self, request: SignedInRequest) -> HttpResponseBase:
        """Export the filtered list; POST only, because it records an event."""
        return export_queue(request, self.get_changelist_instance(request).get_queryset(request))

    def to_review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Redirect the stock page of a row to its review page."""
        row = Registration.objects.submitted().filter(pk=pk).first()
        if row is None or not self.has_view_permission(request):
            raise Http404
        return redirect(review_url(row))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The registrations in the chosen state, each with its newest revision in the same query."""
        rows = with_marks(rows_of(chosen_state(request)))
        return rows.select_related("organisation", "newest", "newest__claimed_by")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The longest wait or the riskiest first; in states where nobody waits, the newest."""
        return order_of(request, STATES[chosen_state(request)].order)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = search.matching(term)
        if found.problem:
            messages.warning(request, found.problem)
        return queryset.filter(found.rows), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the filters on the page, so that no other column can be probed through the URL."""
        return lookup in {one.parameter_name for one in self.list_filter}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return permissions.may_see_desk(cast(User, request.user))

    def index_count(self) -> str:
        """How many revisions wait for a decision, counted only as far as the queue can be paged."""
        count = Revision.objects.under_review().order_by()[: MOST_ROWS + 1].count()
        return f"more than {MOST_ROWS} waiting" if count > MOST_ROWS else f"{count} waiting"

    def index_rows(self) -> list[IndexRow]:
        exceptions_row: IndexRow = {
            "name": "PKCE exceptions",
            "object_name": "PkceException",
            "model": PkceException,
            "perms": {"add": False, "change": False, "delete": False, "view": True},
            "admin_url": reverse("admin:registrations_registration_exceptions"),
            "add_url": None,
            "view_only": True,
        }
        return [exceptions_row]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        shown = {
            "title": self.index_name,
            "waiting": chosen_state(request) == UNDER_REVIEW,
            "next_url": next_url(request),
            "may_review": permissions.may_review(cast(User, request.user)),
            "export_url": export_url(request),
            "most_rows": MOST_ROWS,
            "is_nav_sidebar_enabled": False,  # the columns need the room
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description="Client")
    def client(self, row: Any) -> str:
        return str(row.newest.client_name)

    @admin.display(description="Organisation")
    def organisation_link(self, row: Any) -> str:
        url = reverse("admin:registrations_registration_organisation", args=[row.organisation.uuid])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', url, row.organisation.name)

    @admin.display(description="Environment")
    def environment_asked(self, row: Any) -> str:
        return str(row.newest.get_environment_display())

    @admin.display(description="State")
    def state(self, row: Any) -> str:
        key, words = state_of(row, row.newest.stage)
        shown = SHORT_STATES.get(key, words)
        return format_html('<span class="desk-state desk-state-{}">{}</span>', key, shown)

    @admin.display(description="Revision")
    def revision(self, row: Any) -> int:
        return int(row.newest.number)

    @admin.display(description="Submitted")
    def waiting(self, row: Any) -> str:
        since = row.newest.submitted_at
        shown = format_html('<time datetime="{}">{}</time>', since.isoformat(), age(since))
        if not row.newest.is_late:
            return shown
        return format_html('{} <span class="desk-mark desk-late">Late</span>', shown)

    @admin.display(description="Claim", empty_value="")
    def claim(self, row: Any) -> str:
        """Who claimed it, or the claim button; the form around the list has the CSRF token."""
        if row.newest.claimed_by is not None:
            return "You" if row.is_mine else str(row.newest.claimed_by.get_full_name())
        if not row.claim_url:
            return ""
        button = (
            '<button class="button desk-small" formaction="{}">Claim'
            '<span class="visually-hidden"> {}</span></button>'
        )
        return format_html(button, row.claim_url, row.newest.client_name)

    @admin.display(description="Marks", empty_value="")
    def marks(self, row: Any) -> str:
        return icons(kinds_of(row))
