"""The audit log, for leads and auditors to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.admin_site import ReadOnly
from portal.audit.models import Event
from portal.paging import parse_uuid
from registrations import permissions
from registrations.admin.log_export import MOST_EXPORTED, as_csv, as_json_lines
from registrations.admin.log_filters import LogFilters
from registrations.admin.log_names import LogNames, names_of
from registrations.admin.paging import MOST_ROWS, CappedPaginator, Listing
from registrations.events import desk_wording
from registrations.queries.secret_hints import SecretHints
from registrations.workflow.desk import export

SHORT = 8
"""Characters of an id that are shown: enough to tell the ids on one page apart."""


class Log(Listing):
    """One page of events, filtered by the form in the URL, with the names of people and clients."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The parameters for the stock filters, of which there are none: the form reads its own."""
        others = super().get_filters_params(params)
        return {name: value for name, value in others.items() if name not in LogFilters.base_fields}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.log_filters = LogFilters(request.GET)
        return self.log_filters.rows(super().get_queryset(request, exclude_parameters))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        events = list(self.result_list)
        names = LogNames(events)
        for event in events:
            event.names = names
        self.result_list = events


def shortened(identifier: object) -> SafeString:
    """The beginning of an id, with the whole id as a tooltip; any other text stays whole."""
    text = str(identifier)
    if parse_uuid(text) is None:
        return format_html("{}", text)
    return format_html('<code title="{}">{}</code>', text, text[:SHORT])


def _filters_of(request: HttpRequest) -> QueryDict:
    """The filters in the URL, without the page number."""
    kept = QueryDict(mutable=True)
    kept.update({name: request.GET[name] for name in LogFilters.base_fields if request.GET.get(name)})
    return kept


def _from_former(request: HttpRequest) -> str:
    """Where a URL of the release before leads now; empty for a URL of this one."""
    query = request.GET.copy()
    former = [name for name in ("q", "outcome__exact") if name in query]
    for name in former:
        typed = str(query.pop(name)[-1]).strip()
        query["outcome" if name != "q" else "client" if parse_uuid(typed) else "person"] = typed
    return f"{request.path}?{query.urlencode()}" if former else ""


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The audit log, newest first and read-only; the database refuses changes as well."""

    index_name = "Audit log"
    is_daily = True
    list_display = ("when", "what", "outcome", "person", "client", "short_stream", "touched")
    fields = ("when", "what", "outcome", "whole_person", "stream", "moved", "secrets", "detail", "uuid")
    readonly_fields = ("when", "what", "whole_person", "secrets")
    ordering = ("-at", "-pk")
    sortable_by = ()
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    list_max_show_all = 0
    show_facets = ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Log

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """The newest first.

        For an organisation no index may give that order: the database would read the log from its end until
        it had found a page of them, past everybody else's events.
        """
        return (Coalesce("at", "at").desc(), "-pk") if request.GET.get("organisation") else self.ordering

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_csv), name="audit_event_export"),
            path("export/lines/", view(self.export_lines), name="audit_event_export_lines"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def export_csv(self, request: SignedInRequest) -> HttpResponseBase:
        """Export the filtered log as CSV; POST only, because it records an event."""
        return self._export(request, as_csv)

    @method_decorator(require_POST)
    def export_lines(self, request: SignedInRequest) -> HttpResponseBase:
        """Export the filtered log as JSON lines."""
        return self._export(request, as_json_lines)

    def _export(
        self, request: SignedInRequest, answer: Callable[[QuerySet[Event]], HttpResponseBase]
    ) -> HttpResponseBase:
        if not permissions.may_read_log(request.user):
            raise PermissionDenied
        filters = LogFilters(request.GET)
        if not filters.is_valid():
            return redirect(f"{reverse('admin:audit_event_changelist')}?{request.GET.urlencode()}")
        export("log", by=request.user)
        return answer(filters.rows(Event.objects.order_by(*self.ordering)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if url := _from_former(request):
            return redirect(url)
        query = f"?{kept.urlencode()}" if (kept := _filters_of(request)) else ""
        shown = {
            "title": self.index_name,
            "export_url": reverse("admin:audit_event_export") + query,
            "export_lines_url": reverse("admin:audit_event_export_lines") + query,
            "most_rows": MOST_ROWS,
            "most_exported": f"{MOST_EXPORTED:,}",
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description="Time")
    def when(self, event: Event) -> str:
        exact = date_format(event.at, "j M Y, H:i:s")
        return format_html('<time datetime="{}">{} UTC</time>', event.at.isoformat(), exact)

    @admin.display(description="Who")
    def whole_person(self, event: Event) -> str:
        """The name with the pseudonym, for the event's own page; without a name, the pseudonym."""
        name = names_of([event]).get(event.actor)
        return f"{name} ({event.actor})" if name else event.actor

    @admin.display(description="Secrets", empty_value="None")
    def secrets(self, event: Event) -> str:
        """The hints of the secrets, for the event's own page."""
        named = SecretHints([event]).of(event)
        return ", ".join(f"{secret.words} ends in {secret.hint}" for secret in named)

    @admin.display(description="Event")
    def what(self, event: Event) -> str:
        return format_html(
            '{} <span class="desk-quiet desk-block">{}</span>', desk_wording(event.verb), event.verb
        )

    @admin.display(description="Who")
    def person(self, event: Any) -> SafeString:
        return shortened(event.names.person(event))

    @admin.display(description="Client", empty_value="")
    def client(self, event: Any) -> str:
        return str(event.names.client(event))

    @admin.display(description="Stream")
    def short_stream(self, event: Event) -> SafeString:
        return shortened(event.stream)

    @admin.display(description="Objects", empty_value="")
    def touched(self, event: Any) -> SafeString:
        named = []
        for name in map(str, event.moved):
            kind, _, identifier = name.partition(":")
            hint = event.names.hints.of_object(event, name)
            ending = format_html(" ends in <code>{}</code>", hint) if hint else ""
            named.append((kind.replace("_", " "), shortened(identifier), ending))
        return format_html_join(", ", '<span class="desk-moved">{} {}{}</span>', named)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_read_log(cast(User, request.user))
