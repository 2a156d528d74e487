"""The notice about kept forms. The session has their names and times, so that a page asks no table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.models import User
from portal.kept_forms.keeping import MOST, NAMED
from portal.kept_forms.models import KEEP_FOR, KeptForm

_KEY: Final = "kept_forms"


@dataclass(frozen=True)
class Offer:
    """A kept form as the notice shows it."""

    uuid: str
    address: str
    at: datetime

    @property
    def link(self) -> str:
        """The URL of the form with what was typed."""
        return f"{self.address}?{NAMED}={self.uuid}"


def offer(request: HttpRequest, kept: KeptForm) -> Offer:
    """Add a form to the notices of this session, which names as many as are kept."""
    offered = Offer(str(kept.uuid), kept.address, kept.kept_at)
    row = {"uuid": offered.uuid, "address": offered.address, "at": offered.at.isoformat()}
    others = [one for one in request.session.get(_KEY, []) if one["address"] != kept.address]
    request.session[_KEY] = [row, *others][:MOST]
    return offered


def offer_after_sign_in(*, request: HttpRequest, user: User, **_: object) -> None:
    """Offer everything that was kept for the person who signs in: a receiver of ``user_logged_in``."""
    for kept in reversed(KeptForm.objects.of(user.pk).defer("sealed")):
        offer(request, kept)


def withdraw(request: HttpRequest, uuid: str) -> None:
    """Take a form out of the notices."""
    rows = request.session.get(_KEY, [])
    left = [one for one in rows if one["uuid"] != uuid]
    if len(left) < len(rows):
        request.session[_KEY] = left


def has_view_that_keeps(request: HttpRequest) -> bool:
    """Whether the request's view keeps forms; False where the address leads to no view."""
    found = request.resolver_match
    return bool(found and getattr(found.func, "keeps_what_is_typed", False))


def address_of_form(request: HttpRequest) -> str:
    """The address that shows the posted form: its own, unless the view says another one."""
    found = request.resolver_match
    shown_at = getattr(found.func, "form_is_shown_at", None) if found else None
    return str(shown_at(request)) if shown_at else request.path


def kept_forms(request: HttpRequest) -> dict[str, Any]:
    """The notices for a page, without the form that it shows or answers itself: a context processor.

    Error pages have notices too, and what was sent to them may be unreadable: only the body that a view
    reads anyway is read here.
    """
    if not hasattr(request, "session"):
        return {"kept_forms": []}
    is_answered = request.method == "POST" and has_view_that_keeps(request)
    shown, since = request.GET.get(NAMED), timezone.now() - KEEP_FOR
    answered = address_of_form(request) if is_answered else None
    rows = [
        Offer(one["uuid"], one["address"], datetime.fromisoformat(one["at"]))
        for one in request.session.get(_KEY, [])
    ]
    return {
        "kept_forms": [
            one for one in rows if shown != one.uuid and answered != one.address and one.at > since
        ]
    }
