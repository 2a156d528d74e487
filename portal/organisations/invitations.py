"""Pages to invite somebody into an organisation, to revoke that, and to accept it."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import invitations
from portal.accounts.decorators import PartnerRequest, SignedInRequest, partner_required
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.limits import INVITE, spend
from portal.organisations.access import administered
from portal.organisations.forms import AcceptanceForm, InvitationForm
from portal.refusals import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_invite", named_by="organisation_uuid")
def invite(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """Ask for the address and the role, and send the invitation."""
    organisation = administered(request, organisation_uuid)
    form = InvitationForm(
        request.POST if request.method == "POST" else kept_values(request, do="send", done="sent")
    )
    if request.method == "POST" and form.is_valid():
        spend(INVITE, str(organisation.uuid))
        try:
            invitations.invite(
                organisation_uuid, **form.cleaned_data, by=request.user, signed_in_at=last_sign_in(request)
            )
        except Conflict as refused:
            form.add_error("address", refused.reason)
        else:
            messages.success(request, f"The invitation to {form.cleaned_data['address']} is on its way.")
            return redirect("organisation")
    context = {"form": form, "organisation": organisation}
    return render(request, "organisation/invite.html", context)


@require_POST
@partner_required
def revoke(request: PartnerRequest, invitation_uuid: UUID) -> HttpResponse:
    """Revoke the invitation; needs no password, so that nobody who stops harm is held up."""
    invitations.revoke(invitation_uuid, by=request.user)
    messages.success(request, "The invitation is revoked. Its link does not work any more.")
    return redirect("organisation")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: SignedInRequest, token: str) -> HttpResponse:
    """Show the invitation to the person with its address, and let them accept it.

    Anybody else learns nothing of the organisation: who is signed out signs in or up first, and comes back.
    """
    found = invitations.invitation_of(token)
    if not request.user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "organisation/invitation_signed_out.html")
    if not invitations.is_for(found, request.user):
        return render(request, "organisation/invitation_for_another.html", status=HTTPStatus.FORBIDDEN)
    form = AcceptanceForm(request.POST if request.method == "POST" else None, invited=request.user)
    if request.method == "POST" and form.is_valid():
        membership = form.accept(token)
        role = membership.get_role_display().lower()
        messages.success(request, f"You belong to {found.organisation.name} now, with the role {role}.")
        return redirect("/registrations/")
    belongs = request.user.memberships.exists()
    context = {"form": form, "invitation": found, "belongs": belongs}
    return render(request, "organisation/invitation.html", context)
