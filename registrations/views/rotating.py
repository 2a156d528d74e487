"""Issue a new secret, and choose how long the old one keeps working."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.accounts.decorators import PartnerRequest
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.passwords import asks_for_password
from portal.limits import ROTATE, spend
from registrations.domain.rotation import GRACE_PERIODS, GRACE_WORDS, NOW
from registrations.queries.secrets import ClientSecrets
from registrations.views.access import post_only
from registrations.workflow import secrets

_KEEPS = (
    "The current secret works until you reveal the new one, and for {} after that. Your client can get and "
    "refresh tokens all the time."
)
_STOPS = (
    "The current secret stops working at once. Your client cannot get or refresh tokens until it has the new "
    "one. This cannot be undone."
)
_STOPS_BOTH = (
    "The current secret and the older one stop working at once. Your client cannot get or refresh tokens "
    "until it has the new one. This cannot be undone."
)


class GraceOption(NamedTuple):
    """A choice of how long the old secret keeps working, with what happens then."""

    value: str
    label: str
    meaning: str
    is_chosen: bool


def grace_options(found: ClientSecrets, chosen: str) -> list[GraceOption]:
    """The choices for a client with these secrets: only to stop them now, where two of them work already."""
    if found.retiring:
        return [GraceOption(NOW, "Stop the old secrets now", _STOPS_BOTH, is_chosen=True)]
    options = [(grace, f"Keep it for {GRACE_WORDS[grace]}") for grace in GRACE_PERIODS]
    chosen = chosen if chosen in (NOW, *GRACE_PERIODS) else next(iter(GRACE_PERIODS))
    kept = [
        GraceOption(grace, label, _KEEPS.format(GRACE_WORDS[grace]), grace == chosen)
        for grace, label in options
    ]
    return [*kept, GraceOption(NOW, "Stop it now", _STOPS, chosen == NOW)]


@post_only
@asks_for_password("registrations:credentials", place="rotate")
def rotate(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Issue a new secret."""
    spend(ROTATE, str(request.user.pk))
    grace = request.POST.get("grace", "")
    secrets.rotate(uuid, by=request.user, grace=grace, signed_in_at=last_sign_in(request))
    messages.success(request, "A new client secret is ready to reveal.")
    return redirect("registrations:credentials", uuid)
