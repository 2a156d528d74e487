"""The audit log, for leads and auditors to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.accounts.models import User
from portal.admin_site import ReadOnly
from portal.audit.events import SYSTEM
from portal.audit.models import Event
from portal.paging import parse_uuid
from registrations import permissions
from registrations.admin.paging import CappedPaginator, Listing
from registrations.events import desk_wording
from registrations.models import Revision
from registrations.queries.secret_hints import SecretHints

SHORT = 8
"""Characters of an id that are shown: enough to tell the ids on one page apart."""


class Log(Listing):
    """One page of events, with the names of people and clients: one query for each kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        events = list(self.result_list)
        people = names_of(events)
        revisions = Revision.objects.filter(registration__uuid__in={event.stream for event in events})
        submitted = revisions.filter(beside=None).order_by("number")
        hints = SecretHints(events)
        clients = dict(submitted.values_list("registration__uuid", "client_name"))
        for event in events:
            event.who = people.get(event.actor, event.actor)
            event.client_name = clients.get(event.stream, "")  # as last submitted
            event.hints = hints
        self.result_list = events


def names_of(events: Iterable[Event]) -> dict[str, str]:
    """The names of those who acted, by pseudonym; somebody who was erased has none."""
    people = User.objects.filter(pseudonym__in={event.actor for event in events} - {SYSTEM})
    return {str(person.pseudonym): person.get_full_name() for person in people}


def shortened(identifier: object) -> SafeString:
    """The beginning of an id, with the whole id as a tooltip; any other text stays whole."""
    text = str(identifier)
    if parse_uuid(text) is None:
        return format_html("{}", text)
    return format_html('<code title="{}">{}</code>', text, text[:SHORT])


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The audit log, newest first and read-only; the database refuses changes as well."""

    list_display = ("when", "what", "outcome", "person", "client", "short_stream", "touched")
    fields = ("when", "what", "outcome", "whole_person", "stream", "moved", "secrets", "detail", "uuid")
    readonly_fields = ("when", "what", "whole_person", "secrets")
    list_filter = ("outcome",)
    search_fields = ("stream",)
    search_help_text = "Enter the full id of a stream or the email address of a person."
    ordering = ("-pk",)
    sortable_by = ()
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    list_max_show_all = 0
    show_facets = ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Log

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for whole ids and addresses only, because parts of them would scan the whole table."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if stream := parse_uuid(term):
            return queryset.filter(stream=stream), False
        if term == SYSTEM:
            return queryset.filter(actor=SYSTEM), False
        pseudonyms = User.objects.filter(email=term.lower()).values_list("pseudonym", flat=True)
        return queryset.filter(actor__in=[str(each) for each in pseudonyms]), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        shown = {"title": "Audit log", "is_nav_sidebar_enabled": False}
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
        return shortened(event.who)

    @admin.display(description="Client", empty_value="")
    def client(self, event: Any) -> str:
        return str(event.client_name)

    @admin.display(description="Stream")
    def short_stream(self, event: Event) -> SafeString:
        return shortened(event.stream)

    @admin.display(description="Objects", empty_value="")
    def touched(self, event: Any) -> SafeString:
        named = []
        for name in map(str, event.moved):
            kind, _, identifier = name.partition(":")
            hint = event.hints.of_object(event, name)
            ending = format_html(" ends in <code>{}</code>", hint) if hint else ""
            named.append((kind.replace("_", " "), shortened(identifier), ending))
        return format_html_join(", ", '<span class="desk-moved">{} {}{}</span>', named)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_read_log(cast(User, request.user))
