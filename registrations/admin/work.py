"""The front page of the desk: what waits for its reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Count, QuerySet, Window
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import Organisation, User
from portal.outbox.queue import has_undelivered
from registrations import permissions
from registrations.admin.links import review_url
from registrations.admin.mentions import Row
from registrations.admin.pages import render_page
from registrations.admin.paging import MOST_ROWS
from registrations.models import Mention, Revision, Snooze
from registrations.queries import work
from registrations.queries.served import LateClients, late_clients

SHORT: Final = 5
ALL: Final = "all"
"""The parameter that names the section to list at length, where no other page does."""


class Item(NamedTuple):
    """A request, where its link leads, and what else the section says about it."""

    revision: Revision
    url: str
    mention: Mention | None = None
    snooze: Snooze | None = None

    @property
    def organisation(self) -> Organisation:
        about = self.mention.note if self.mention else self.revision
        return about.registration.organisation


@dataclass(frozen=True)
class Section:
    """A short list, and the page that has all of it."""

    key: str
    title: str
    items: Sequence[Item]
    total: int
    url: str
    empty: str

    @property
    def has_more(self) -> bool:
        """Whether there are others than it shows."""
        return self.total > len(self.items)

    @property
    def total_words(self) -> str:
        """How many there are, counted as far as lists are paged."""
        return f"more than {MOST_ROWS}" if self.total > MOST_ROWS else str(self.total)


@dataclass(frozen=True)
class MyWork:
    """The sections for one member of staff: one statement each, and two for what nobody has claimed.

    Who cannot review claims, snoozes and confirms nothing, so those sections are left out.
    """

    user: User
    at_length: str = ""

    @cached_property
    def may_review(self) -> bool:
        return permissions.may_review(self.user)

    @cached_property
    def sections(self) -> list[Section]:
        if not self.may_review:
            return [self._mentions(), self._waiting()]
        return [self._claimed(), self._second_look(), self._mentions(), self._due(), self._waiting()]

    @property
    def has_undelivered(self) -> bool:
        """Whether there are emails or webhooks that this person may send again."""
        return permissions.may_send_again(self.user) and has_undelivered()

    @cached_property
    def late(self) -> LateClients | None:
        """What a server has not applied in time, for those who manage its tokens."""
        return late_clients(SHORT) if permissions.may_manage_tokens(self.user) else None

    @property
    def is_empty(self) -> bool:
        return not any(section.total for section in self.sections)

    def _claimed(self) -> Section:
        rows, total = self._shown("claimed", work.claimed(self.user))
        empty = "You have claimed no request. Claim one before you start, so that nobody else reviews it too."
        return Section("claimed", "Claimed by me", _items(rows), total, _queue("claim=mine"), empty)

    def _second_look(self) -> Section:
        rows, total = self._shown("second", work.second_look(self.user))
        empty = "No request waits for you as the second person."
        url = _queue("needs=second_look")
        return Section("second", "Needs my second look", _items(rows), total, url, empty)

    def _mentions(self) -> Section:
        mine = Mention.objects.filter(person=self.user)
        rows, total = self._shown("mentions", mine.unseen().latest_first())
        items = [Item(one.note.revision, Row(one).url, mention=one) for one in rows]
        empty = "Nobody has mentioned you in a note that you have not seen."
        url = reverse("admin:registrations_registration_mentions")
        return Section("mentions", "Mentions of me", items, total, url, empty)

    def _due(self) -> Section:
        rows, total = self._shown("snoozed", work.due_snoozes(self.user))
        items = [Item(one.revision, review_url(one.revision.registration), snooze=one) for one in rows]
        url = f"{reverse('admin:index')}?{ALL}=snoozed#snoozed"
        return Section("snoozed", "Snoozed until now", items, total, url, "Nothing that you snoozed is due.")

    def _waiting(self) -> Section:
        unclaimed = Revision.objects.under_review().filter(claimed_by=None)
        rows: QuerySet[Revision] = unclaimed.order_by("submitted_at", "pk")
        if self.may_review:
            rows = work.oldest_unclaimed(self.user)
            asleep = Snooze.objects.of(self.user).asleep_on(timezone.now().date())
            unclaimed = unclaimed.exclude(pk__in=asleep.values("revision"))
        total = unclaimed.order_by()[: MOST_ROWS + 1].count()
        empty = "You cannot go on with any of them." if total else "Nothing waits unclaimed."
        items = _items(rows.select_related("registration__organisation")[:SHORT])
        title, url = "Unclaimed, longest wait first", _queue("claim=unclaimed")
        return Section("unclaimed", title, items, total, url, empty)

    def _shown(self, key: str, rows: QuerySet[Any]) -> tuple[Sequence[Any], int]:
        """The first rows and the number of all, in one statement."""
        most = MOST_ROWS if self.at_length == key else SHORT
        found = list(rows.annotate(total=Window(Count("pk")))[:most])
        return found, found[0].total if found else 0


def my_work(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the person who asks; the site has made sure that they may see the desk."""
    page = MyWork(request.user, request.GET.get(ALL, ""))
    return render_page(request, "my_work.html", {"title": "My work", "page": page})


def _items(rows: Iterable[Revision]) -> list[Item]:
    return [Item(row, review_url(row.registration)) for row in rows]


def _queue(query: str) -> str:
    return f"{reverse('admin:registrations_registration_changelist')}?{query}"
