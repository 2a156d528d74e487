"""The list of a partner's clients: what needs somebody on top, then all of them or those looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.paging import row_named, rows_after
from registrations import permissions
from registrations.forms.status_words import ANSWER_WORDS
from registrations.models import Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.queries import client_list
from registrations.queries.answers import Picture, picture_of
from registrations.queries.overview import RegistrationOverview
from registrations.rules.vocabulary import Environment
from registrations.views.tasks import Task, TaskFacts, tasks

PAGE = 50
FEWEST_TO_SEARCH: Final = 10
"""From so many clients on there is something to search."""
LONGEST_TERM: Final = 200
MOST_NEEDS: Final = 5
"""So many of them are open; the rest is folded."""


@dataclass(frozen=True)
class ClientRow:
    """A client in the list."""

    overview: RegistrationOverview
    list_url: str
    """Of the list, below which each client has its pages: looked up once for all rows."""

    @cached_property
    def name(self) -> str:
        return self.overview.name or "Client without a name"

    @cached_property
    def url(self) -> str:
        return f"{self.list_url}{self.overview.registration.uuid}/"

    @property
    def tasks(self) -> list[Task]:
        return tasks(TaskFacts.listed(self.overview))

    @cached_property
    def client_id(self) -> str:
        """Empty before the first approval."""
        return str(self.overview.registration.client_id or "")

    @cached_property
    def logo(self) -> Picture | None:
        """The logo of what gives the client its name."""
        shown = self.overview.beginning or self.overview.draft
        return picture_of(shown.logo) if shown else None

    @property
    def environment(self) -> str:
        stored = self.overview.environment
        return ANSWER_WORDS.get(("environment", stored), "Not chosen")


class Need(NamedTuple):
    """Something that waits for somebody of the organisation."""

    row: ClientRow
    task: Task


@dataclass(frozen=True)
class ListFilter:
    """What the list is narrowed to; a value that is none of the choices counts as empty."""

    term: str
    status: str
    environment: str

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> ListFilter:
        status, environment = asked.get("status", ""), asked.get("environment", "")
        return cls(
            " ".join(asked.get("q", "").split())[:LONGEST_TERM],
            status if status in client_list.STATUSES else "",
            environment if environment in {*Environment} else "",
        )

    def __bool__(self) -> bool:
        return bool(self.term or self.status or self.environment)

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The statuses to choose from, with their words."""
        return [(key, words) for key, (words, _) in client_list.STATUSES.items()]

    @property
    def environments(self) -> list[tuple[str, str]]:
        return [(one.value, ANSWER_WORDS["environment", one]) for one in Environment]

    def narrowed(self, rows: RegistrationQuerySet) -> RegistrationQuerySet:
        if self.term:
            rows = rows.filter(client_list.matching(self.term))
        if self.status:
            rows = client_list.in_status(rows, self.status)
        return client_list.in_environment(rows, self.environment) if self.environment else rows

    def query(self, **more: str) -> str:
        """The query of an address of the list with this filter."""
        named = {"q": self.term, "status": self.status, "environment": self.environment} | more
        return urlencode({name: value for name, value in named.items() if value})


@require_safe
@partner_required
def listing(request: PartnerRequest) -> HttpResponse:
    """List the clients, newest first; ``before`` is the last one of the previous page.

    What waits for somebody stands on the first page, also of clients that are further down.
    """
    chosen = ListFilter.of(request.GET)
    mine = client_list.clients().visible_to(request.user)
    last = row_named(mine, request.GET.get("before", ""))
    found = list(rows_after(chosen.narrowed(mine), "-created_at", last)[: PAGE + 1])
    own = {one.organisation_id for one in request.memberships if permissions.can_edit(one.role)}
    is_start = last is None and not chosen
    further = further_down(mine, found) if is_start and own and len(found) > PAGE else []
    client_list.read_revisions(found + further)
    list_url = reverse("registrations:list")
    rows = [ClientRow(RegistrationOverview(one), list_url) for one in found + further]
    shown, working_on = rows[:PAGE], [row for row in rows if row.overview.registration.organisation_id in own]
    needs = [Need(row, task) for row in working_on for task in row.tasks] if is_start else []
    needs.sort(key=lambda need: need.task.urgency)
    last_shown = str(shown[-1].overview.registration.uuid) if len(found) > PAGE else ""
    context = {
        "rows": shown,
        "needs": needs[:MOST_NEEDS],
        "more_needs": needs[MOST_NEEDS:],
        "can_create": bool(own),
        "chosen": chosen,
        "can_search": not is_start or len(found) >= FEWEST_TO_SEARCH,
        "next_url": f"?{chosen.query(before=last_shown)}" if last_shown else "",
    }
    return render(request, "registrations/list.html", context)


def further_down(rows: RegistrationQuerySet, found: Sequence[Registration]) -> list[Registration]:
    """The clients that may need somebody, without those found already."""
    others = rows.exclude(pk__in=[one.pk for one in found])
    return list(client_list.that_may_need_somebody(others)[:PAGE])
