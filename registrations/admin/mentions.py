"""The list of the desk notes that mention its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.paging import parse_uuid, row_named, rows_after
from portal.refusals import Conflict
from registrations.admin.links import review_url
from registrations.admin.pages import desk_only, render_page
from registrations.models import Mention
from registrations.workflow import mentions as verbs

PAGE: Final = 50
TABS: Final[Mapping[str, str]] = {"new": "New", "seen": "Seen"}


@dataclass(frozen=True)
class Row:
    """A mention, and where its note is."""

    mention: Mention

    @property
    def url(self) -> str:
        note = self.mention.note
        return f"{review_url(note.registration)}#comments-{note.field or 'whole'}"


@dataclass(frozen=True)
class MentionList:
    """One page of the list, the latest first."""

    key: str
    rows: list[Row]
    has_more: bool

    tabs: ClassVar = TABS

    @property
    def is_new(self) -> bool:
        return self.key == "new"

    @property
    def next_url(self) -> str:
        """The URL of the next page, empty on the last."""
        return f"?show={self.key}&after={self.rows[-1].mention.uuid}" if self.has_more else ""


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def mention_list(request: SignedInRequest) -> HttpResponse:
    """List the mentions of the reader; a post marks one as seen.

    ``after`` is the last one of the previous page.
    """
    if request.method == "POST":
        return _mark_as_seen(request)
    asked = request.GET.get("show", "")
    key = asked if asked in TABS else "new"
    mine = Mention.objects.filter(person=request.user)
    listed = mine.unseen() if key == "new" else mine.seen()
    last = row_named(mine, request.GET.get("after", ""))
    found = list(rows_after(listed.latest_first(), "-made_at", last)[: PAGE + 1])
    page = MentionList(key, [Row(one) for one in found[:PAGE]], has_more=len(found) > PAGE)
    return render_page(request, "mentions.html", {"title": "Mentions", "page": page})


def _mark_as_seen(request: SignedInRequest) -> HttpResponse:
    mention_uuid = parse_uuid(request.POST.get("mention", ""))
    if mention_uuid is None:
        here = (reverse("admin:registrations_registration_mentions"), "Back to the mentions")
        raise Conflict("The page was incomplete. Load it again.", way_out=here)
    verbs.see(mention_uuid, by=request.user)
    messages.success(request, "Marked as seen.")
    return redirect("admin:registrations_registration_mentions")
