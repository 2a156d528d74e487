"""Views that ask for the password first, where somebody signed in too long ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.decorators import SignedInRequest
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.json_answers import wants_json
from portal.kept_forms import keeping
from portal.kept_forms.decorators import forget_what_was_sent

_ASK: Final = "account_reauthenticate"
View = Callable[..., HttpResponse]


def asks_for_password(page: str, *, place: str = "", named_by: str = "") -> Callable[[View], View]:
    """Turn ``ReauthenticationNeeded`` into the page that asks for the password.

    Afterwards the form is shown again with everything that was posted, ready to be sent: nothing is done
    by typing a password. ``page`` is the name of the URL that shows the form, of the registration where the
    view is about one, and ``place`` the id to which it scrolls. ``named_by`` is the part of both addresses
    that names something else. A script that asks for JSON gets the refusal.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, uuid: UUID | None = None, **others: Any) -> HttpResponse:
            named = [uuid] if uuid else []
            about = [others[named_by]] if named_by else named
            try:
                response = view(request, *named, **others)
            except ReauthenticationNeeded:
                if wants_json(request):
                    raise
                return _ask(request, reverse(page, args=about), place)
            forget_what_was_sent(request, response)
            return response

        return guarded

    return declare


def _ask(request: SignedInRequest, address: str, place: str) -> HttpResponse:
    """Keep what was posted, and lead to the password and then to the address, with the rest of the query."""
    query = request.GET.copy()
    query.pop(keeping.NAMED, None)
    if kept := keeping.keep_for(request.user.pk, request, address):
        query[keeping.NAMED] = str(kept.uuid)
    back = address + (f"?{query.urlencode()}" if query else "") + (f"#{place}" if place else "")
    return redirect(f"{reverse(_ASK)}?{urlencode({REDIRECT_FIELD_NAME: back})}")
