"""The queue: what waits for a decision, the longest wait first."""

from __future__ import annotations

from typing import Any, Final, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.admin_site import Link, MainList, ReadOnly
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
    revoking,
    snoozing,
    undelivered,
    work,
)
from registrations.admin.links import export_url, next_url, review_url
from registrations.admin.pages import desk_only, verb_view
from registrations.admin.paging import MOST_ROWS, CappedPaginator
from registrations.admin.queue import search
from registrations.admin.queue.export import export_queue
from registrations.admin.queue.filters import QUEUE_FILTERS
from registrations.admin.queue.following import next_request
from registrations.admin.queue.marks import icons, kinds_of
from registrations.admin.queue.rows import TOTAL, Queue, listed, order, waiting_on
from registrations.admin.states import STATES, UNDER_REVIEW, chosen_state
from registrations.admin.wording import SHORT_STATES, age, state_of
from registrations.domain.lifecycle import DecidedHow
from registrations.domain.review_target import after_working_days
from registrations.models import Registration

_VERBS: Final = {
    "claim": claiming.claim,
    "release": claiming.release,
    "reassign": claiming.reassign,
    "snooze": snoozing.snooze,
    "wake": snoozing.wake,
    "revoke_exception": exceptions.revoke_exception,
}
"""The views to which the pages of one registration post, each at a URL of its own."""
_WITH_PAGE: Final = {"reassign": "reassign", "snooze": "snooze", "revoke_exception": "exception"}
"""The verbs whose form is on a page of its own, not on the review page: the last part of its URL's name."""
_SNOOZED: Final = (
    '{on} <span class="desk-mark" title="{reason}">{words} {day}'
    '<span class="visually-hidden">: {reason}</span></span>'
)


@admin.register(Registration)
class RegistrationAdmin(MainList, ReadOnly):
    """The queue of submitted registrations, read-only; drafts are visible to their partner alone."""

    index_name = "Review queue"
    list_display = (
        "marks",
        "client",
        "organisation_link",
        "environment_asked",
        "kind",
        "state",
        "waiting",
        "waiting_on",
        "claim",
    )
    list_display_links = ("client",)
    list_filter = QUEUE_FILTERS
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
                    verb_view(self.admin_site, handler, page=f"{name}_{_WITH_PAGE.get(verb, 'review')}"),
                    name=f"{name}_{verb}",
                )
                for verb, handler in _VERBS.items()
            ),
            *client.urls(self.admin_site),
            *revoking.urls(self.admin_site),
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
            path("undelivered/", view(undelivered.undelivered), name=f"{name}_undelivered"),
            path("my-emails/", view(my_emails.my_emails), name=f"{name}_my_emails"),
            path("overview/", view(overview.overview), name=f"{name}_overview"),
            path("overview/export/", view(overview.export_weeks), name=f"{name}_export_weeks"),
            path("export/", view(self.export_view), name=f"{name}_export"),
            path("next/", verb_view(self.admin_site, next_request, page=None), name=f"{name}_next"),
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
        """The registrations in the chosen state that the search finds."""
        rows, problem = listed(request)
        if problem:
            messages.warning(request, problem)
        return rows

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return order(request)

    def get_paginator(self, request: HttpRequest, *args: Any, **options: Any) -> Paginator:
        paginator = super().get_paginator(request, *args, **options)
        total = vars(request).get(TOTAL)
        if total is not None:
            paginator.count = total
        return paginator

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset, False  # get_queryset has searched, so that the counts of the filters are of that

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The state only where the rows have several, and the wait only where they wait."""
        state = chosen_state(request)
        left_out = set() if STATES[state].has_several else {"state"}
        columns = (column for column in self.list_display if column not in left_out)
        if state == UNDER_REVIEW:
            return tuple(columns)
        return tuple("last_change" if column == "waiting" else column for column in columns)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the filters on the page, so that no other column can be probed through the URL."""
        return lookup in {one.parameter_name for one in self.list_filter}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Registration | None = None) -> bool:
        return permissions.may_see_desk(cast(User, request.user))

    def front_page(self, request: HttpRequest) -> HttpResponse:
        return work.my_work(cast(SignedInRequest, request))

    def pages(self) -> list[Link]:
        names = {"PKCE exceptions": "exceptions", "Overview": "overview", "Mentions": "mentions"}
        return [
            Link(words, reverse(f"admin:registrations_registration_{name}")) for words, name in names.items()
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        shown = {
            "title": self.index_name,
            "waiting": chosen_state(request) == UNDER_REVIEW,
            "target_days": settings.PORTAL_REVIEW_TARGET_DAYS,
            "searched": search.SEARCHED,
            "next_url": next_url(request),
            "may_review": permissions.may_review(cast(User, request.user)),
            "export_url": export_url(request),
            "most_rows": MOST_ROWS,
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description="Client")
    def client(self, row: Any) -> str:
        name = row.newest.client_name
        return format_html('<span title="{}">{}</span>', name, name)  # a narrow column cuts it

    @admin.display(description="Organisation")
    def organisation_link(self, row: Any) -> str:
        url = reverse("admin:registrations_registration_organisation", args=[row.organisation.uuid])
        name = row.organisation.name
        return format_html('<a href="{}" title="{}"><bdi>{}</bdi></a>', url, name, name)

    @admin.display(description="Environment")
    def environment_asked(self, row: Any) -> str:
        return str(row.newest.get_environment_display())

    @admin.display(description="State")
    def state(self, row: Any) -> str:
        key, words = state_of(row, row.newest.stage)
        shown = SHORT_STATES.get(key, words)
        return format_html('<span class="desk-state desk-state-{}">{}</span>', key, shown)

    @admin.display(description="Kind")
    def kind(self, row: Any) -> str:
        return "Change" if row.client_id else "New"

    @admin.display(description="Last change")
    def last_change(self, row: Any) -> str:
        """When it was submitted, or was put into effect without a review."""
        since = row.newest.submitted_at
        how = "in effect without a review" if row.newest.decided_how == DecidedHow.RULES else "submitted"
        return format_html(
            '{} <time datetime="{}">{}</time>', how.capitalize(), since.isoformat(), age(since)
        )

    @admin.display(description="Age")
    def waiting(self, row: Any) -> str:
        """The wait, and how it stands against the target."""
        since = row.newest.submitted_at
        now, target = timezone.now(), after_working_days(since, settings.PORTAL_REVIEW_TARGET_DAYS)
        shown = format_html(
            '<time datetime="{}">{}</time>', since.isoformat(), timesince(since, now, depth=1)
        )
        if row.newest.is_late:
            return format_html('{} <span class="desk-mark desk-late">Late</span>', shown)
        return format_html("{}, due in {}", shown, timesince(now, target, depth=1))

    @admin.display(description="Waiting on", empty_value="")
    def waiting_on(self, row: Any) -> str:
        """Who has to act next; what the reader snoozed says whom they wait on, until when and why."""
        if row.snooze is None:
            return waiting_on(row)
        return format_html(
            _SNOOZED,
            on=waiting_on(row),
            words="snoozed until" if row.is_asleep else "back since",
            day=date_format(row.snooze.until, "j M"),
            reason=row.snooze.reason,
        )

    @admin.display(description="Claimed by", empty_value="")
    def claim(self, row: Any) -> str:
        """Who claimed it, or the claim button; the form around the list has the CSRF token."""
        if row.newest.claimed_by is not None:
            return "You" if row.is_mine else str(row.newest.claimed_by.get_full_name())
        if not row.claim_url:
            return ""
        button = (
            '<button class="button desk-small desk-secondary" formaction="{}">Claim'
            '<span class="visually-hidden"> {}</span></button>'
        )
        return format_html(button, row.claim_url, row.newest.client_name)

    @admin.display(description="Marks", empty_value="")
    def marks(self, row: Any) -> str:
        return icons(kinds_of(row))
