"""Pages to create an organisation, and to list and remove its members."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.actions import removable, remove_member
from portal.accounts.decorators import PartnerRequest, SignedInRequest, partner_required
from portal.accounts.forms import FoundingForm
from portal.accounts.models import Membership, Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    """Name oneself and an organisation after sign-in; redirect staff and users who already have one."""
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.memberships.exists():
        return redirect("organisation")
    form = FoundingForm(request.POST or None, founder=request.user)
    if request.method == "POST" and form.is_valid():
        organisation = form.found()
        messages.success(request, f"{organisation.name} is set up. You are its admin.")
        return redirect("/registrations/")
    context = {"form": form, "domain": request.user.domain_in_use()}
    return render(request, "organisation/new.html", context)


@require_safe
@partner_required
def members(request: PartnerRequest) -> HttpResponse:
    """List the members, with their roles, of each organisation the user belongs to."""
    own = {membership.organisation_id: membership for membership in request.memberships}
    everyone = (
        Membership.objects.filter(organisation__in=own).select_related("user").order_by("joined_at", "pk")
    )
    groups = [
        {
            "organisation": membership.organisation,
            "may_remove": membership.role == Role.ADMIN,
            "members": [other for other in everyone if other.organisation_id == membership.organisation_id],
        }
        for membership in request.memberships
    ]
    return render(request, "organisation/members.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def remove(request: PartnerRequest, pk: int) -> HttpResponse:
    """Ask for confirmation (GET), then remove the member (POST)."""
    if request.method != "POST":
        return render(request, "organisation/remove.html", {"membership": removable(pk, by=request.user)})
    remove_member(pk, by=request.user)
    messages.success(request, "The member was removed.")
    return redirect("organisation")
