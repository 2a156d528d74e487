"""Pages to create and rename an organisation, and about who belongs to it and what they did."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import memberships
from portal.accounts.actions import rename_organisation
from portal.accounts.decorators import PartnerRequest, SignedInRequest, partner_required
from portal.accounts.forms import FoundingForm, OrganisationForm
from portal.accounts.invitations import token_of, waiting_for
from portal.accounts.joining import has_asked, open_requests
from portal.accounts.memberships import removable, remove_member
from portal.accounts.models import Invitation, Membership, Role
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.organisations.access import administered, own_membership
from portal.organisations.activity import activity_of
from portal.organisations.forms import RoleForm
from portal.refusals import Conflict


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
    waiting = [(token_of(one), one) for one in waiting_for(request.user)]
    context = {"form": form, "domain": request.user.domain_in_use(), "invitations": waiting}
    context["has_asked"] = has_asked(request.user)
    return render(request, "organisation/new.html", context)


@require_safe
@partner_required
def members(request: PartnerRequest) -> HttpResponse:
    """List the members, with their roles, of each organisation the user belongs to."""
    own = {membership.organisation_id: membership for membership in request.memberships}
    everyone = (
        Membership.objects.filter(organisation__in=own).select_related("user").order_by("joined_at", "pk")
    )
    led = [pk for pk, membership in own.items() if membership.role == Role.ADMIN]
    invited = Invitation.objects.that_work().filter(organisation__in=led).order_by("pk")
    asked = open_requests(led)
    groups = [
        {
            "organisation": membership.organisation,
            "is_admin": membership.role == Role.ADMIN,
            "requests": [one for one in asked if one.organisation_id == membership.organisation_id],
            "invitations": [one for one in invited if one.organisation_id == membership.organisation_id],
            "members": [other for other in everyone if other.organisation_id == membership.organisation_id],
        }
        for membership in request.memberships
    ]
    return render(request, "organisation/members.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_member_remove", named_by="pk")
def remove(request: PartnerRequest, pk: int) -> HttpResponse:
    """Ask for confirmation (GET), then remove the member (POST)."""
    if request.method != "POST":
        return render(request, "organisation/remove.html", {"membership": removable(pk, by=request.user)})
    remove_member(pk, by=request.user, signed_in_at=last_sign_in(request))
    messages.success(request, "The member was removed.")
    return redirect("organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_member_role", named_by="pk")
def change_role(request: PartnerRequest, pk: int) -> HttpResponse:
    """Ask for another role of the member, and change it."""
    membership = removable(pk, by=request.user)
    form = RoleForm(
        request.POST if request.method == "POST" else kept_values(request, do="send", done="sent")
    )
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            memberships.change_role(pk, role, by=request.user, signed_in_at=last_sign_in(request))
        except Conflict as refused:
            form.add_error("role", refused.reason)
        else:
            messages.success(request, f"{membership.user.get_full_name()} is {Role(role).label.lower()} now.")
            return redirect("organisation")
    return render(request, "organisation/role.html", {"form": form, "membership": membership})


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_hand_over", named_by="pk")
def hand_over(request: PartnerRequest, pk: int) -> HttpResponse:
    """Ask for confirmation (GET), then make the member an admin and the reader a developer (POST)."""
    membership = removable(pk, by=request.user)
    if request.method != "POST":
        return render(request, "organisation/hand_over.html", {"membership": membership})
    memberships.hand_over(pk, by=request.user, signed_in_at=last_sign_in(request))
    messages.success(request, f"{membership.user.get_full_name()} is admin now, and you are a developer.")
    return redirect("organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_leave", named_by="organisation_uuid")
def leave(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """Ask for confirmation (GET), then end the reader's own membership (POST).

    The last admin learns instead how to get out.
    """
    membership = own_membership(request, organisation_uuid)
    if request.method == "POST":
        memberships.leave(organisation_uuid, by=request.user, signed_in_at=last_sign_in(request))
        messages.success(request, "You have left the organisation.")
        return redirect("organisation_new")
    others = membership.organisation.memberships.exclude(pk=membership.pk).select_related("user")
    context = {
        "membership": membership,
        "is_last_admin": membership.is_last_admin(),
        "others": others.order_by("joined_at", "pk"),
    }
    return render(request, "organisation/leave.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def rename(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """Ask for the new name of the organisation, and rename it."""
    organisation = administered(request, organisation_uuid)
    form = OrganisationForm(request.POST or None, initial={"name": organisation.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_organisation(organisation_uuid, form.cleaned_data["name"], by=request.user)
        except Conflict as refused:
            form.add_error("name", refused.reason)
        else:
            messages.success(request, "The organisation has its new name. Pleo sees the former one, too.")
            return redirect("organisation")
    return render(request, "organisation/rename.html", {"form": form, "organisation": organisation})


@require_safe
@partner_required
def activity(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """List what happened in the organisation, the newest first."""
    membership = own_membership(request, organisation_uuid)
    context = {
        "organisation": membership.organisation,
        "entries": activity_of(membership.organisation, reader=membership),
    }
    return render(request, "organisation/activity.html", context)
