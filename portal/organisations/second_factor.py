"""The page on which an admin requires a second factor of all members."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.accounts.recent_sign_in import last_sign_in
from portal.accounts.second_factor import factors_of, require_of_members
from portal.kept_forms.passwords import asks_for_password
from portal.organisations.access import administered


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_second_factor", named_by="organisation_uuid")
def second_factor(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """Name the members who have none (GET); require one of all, or leave it to them (POST)."""
    organisation = administered(request, organisation_uuid)
    if request.method == "POST":
        required = request.POST.get("required") == "yes"
        signed_in_at = last_sign_in(request)
        require_of_members(organisation_uuid, required=required, by=request.user, signed_in_at=signed_in_at)
        done = "All members need a second factor now." if required else "Members need no second factor now."
        messages.success(request, f"{done} They get an email.")
        return redirect("organisation")
    members = organisation.memberships.filter(user__is_active=True).select_related("user")
    without = members.filter(~Exists(factors_of(OuterRef("user")))).order_by("joined_at", "pk")
    has_own = factors_of(request.user).exists()
    context = {"organisation": organisation, "without": without, "has_own": has_own}
    return render(request, "organisation/second_factor.html", context)
