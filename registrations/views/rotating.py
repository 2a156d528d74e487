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
from registrations.domain.rotation import GRACE_PERIODS, GRACE_WORDS, GRACES, NOW
from registrations.queries.secrets import ClientSecrets
from registrations.views.access import post_only
from registrations.workflow import secrets

_KEEPS = (
    "The current secret works until you reveal the new one, and for {} after that. Your client can get and "
    "refresh tokens all the time."
)
_ENDS = (
    "The old secret works until its end, whatever becomes of the new one. Put the new one into use before "
    "that, and your client can get and refresh tokens all the time."
)
_STOPS = (
    "{} at once. Your client cannot get or refresh tokens until it has the new one. This cannot be undone."
)


class GraceOption(NamedTuple):
    """A choice of how long the old secret keeps working, with what happens then."""

    value: str
    label: str
    meaning: str
    is_chosen: bool


def grace_options(found: ClientSecrets, chosen: str) -> list[GraceOption]:
    """The choices for a client with these secrets, of which one works.

    Two of them can only be stopped now. An old one without a newer one keeps the end that it has.
    """
    if found.retiring and found.active:
        stops = _STOPS.format("The current secret and the older one stop working")
        return [GraceOption(NOW, "Stop the old secrets now", stops, is_chosen=True)]
    first, *_ = GRACE_PERIODS
    chosen = chosen if chosen in GRACES else first
    if found.retiring:
        kept = first if chosen == NOW else chosen
        options = [(kept, "Keep it until its end", _ENDS)]
    else:
        options = [
            (grace, f"Keep it for {words}", _KEEPS.format(words)) for grace, words in GRACE_WORDS.items()
        ]
    name = "The old secret" if found.retiring else "The current secret"
    options.append((NOW, "Stop it now", _STOPS.format(f"{name} stops working")))
    return [GraceOption(*option, is_chosen=option[0] == chosen) for option in options]


@post_only
@asks_for_password("registrations:credentials", place="rotate")
def rotate(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Issue a new secret."""
    spend(ROTATE, str(request.user.pk))
    grace = request.POST.get("grace", "")
    secrets.rotate(uuid, by=request.user, grace=grace, signed_in_at=last_sign_in(request))
    messages.success(request, "A new client secret is ready to reveal.")
    return redirect("registrations:credentials", uuid)
