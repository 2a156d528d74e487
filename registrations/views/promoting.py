"""Start a registration for production from a client that is live in staging."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from portal.accounts.decorators import PartnerRequest
from portal.limits import START, spend
from portal.paging import parse_uuid
from registrations.views.access import post_only
from registrations.workflow import promoting


@post_only
def promote(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Start it and lead to its form, which says what the draft leaves out."""
    spend(START, str(request.user.pk))
    key = parse_uuid(request.POST.get("start_key", ""))
    started, left_out, refused = promoting.promote(uuid, by=request.user, key=key)
    messages.success(
        request,
        "This is a draft for production, with the answers of the staging client. Nothing is submitted yet. "
        "The staging client stays as it is.",
    )
    if left_out:
        messages.warning(
            request, f"Left out, because these redirect URIs are for development: {', '.join(left_out)}"
        )
    if refused:
        messages.warning(
            request,
            f"Not asked for, because Pleo refused these scopes in staging: {', '.join(refused)}. "
            "Choose them here if production needs them, and say why.",
        )
    return redirect("registrations:edit", started.uuid)
