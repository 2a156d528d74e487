"""Pages to ask colleagues to be let in, and for their admins to decide."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import joining
from portal.accounts.decorators import PartnerRequest, SignedInRequest, partner_required
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.limits import JOIN, spend
from portal.organisations.forms import RoleForm
from portal.refusals import Conflict

ASKED = (
    "The admins of your colleagues’ organisation have your request. You get an email when they have decided. "
    "You do not need to do anything until then."
)


@require_POST
@login_required
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask the admins at the reader's own mail domain; the answer is the same whoever they are."""
    spend(JOIN, str(request.user.pk))
    joining.ask_to_join(by=request.user)
    messages.success(request, ASKED)
    return redirect("organisation_new")


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("organisation_join_request", named_by="request_uuid")
def decide(request: PartnerRequest, request_uuid: UUID) -> HttpResponse:
    """Show who asks to join; let them in with a role."""
    asked = joining.deciding_on(request_uuid, by=request.user)
    form = RoleForm(
        request.POST if request.method == "POST" else kept_values(request, do="send", done="sent")
    )
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            joining.accept_request(request_uuid, role, by=request.user, signed_in_at=last_sign_in(request))
        except Conflict as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, f"{asked.person.get_full_name()} belongs to your organisation now.")
            return redirect("organisation")
    return render(request, "organisation/join_request.html", {"form": form, "asked": asked})


@require_POST
@partner_required
def refuse(request: PartnerRequest, request_uuid: UUID) -> HttpResponse:
    """Refuse the request; needs no password, so that nobody who stops harm is held up."""
    joining.refuse_request(request_uuid, by=request.user)
    messages.success(
        request, "The request is refused. The person is told, without the name of your organisation."
    )
    return redirect("organisation")
