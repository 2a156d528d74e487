"""Show again what somebody typed before they had to sign in."""

from __future__ import annotations

from django.contrib import messages
from django.http import QueryDict

from portal.accounts.decorators import SignedInRequest
from portal.kept_forms.keeping import NAMED, opened

_NO_LONGER_KEPT = "What you typed is no longer kept. We keep it for an hour, or until you {} it."


def kept_values(request: SignedInRequest, *, do: str = "save", done: str = "saved") -> QueryDict | None:
    """What was typed into the kept form that the address names; None without one.

    What is posted now is newer than what was kept. The page announces it; ``do`` and ``done`` say what
    happens to it next.
    """
    if request.method == "POST" or NAMED not in request.GET:
        return None
    typed = opened(request)
    if typed is None:
        messages.warning(request, _NO_LONGER_KEPT.format(do))
        return None
    said = f"This is what you typed at {typed.at:%H:%M} UTC. It is not {done} yet: check it, then {do} it."
    logo = " Choose the logo again, because we do not keep files." if typed.had_files else ""
    messages.warning(request, said + logo)
    return typed.values
