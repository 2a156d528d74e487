"""The page that the link to a contact opens, with or without an account, and sending the link again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest
from portal.limits import CONTACT_AGAIN, CONTACT_LINK, client_network, spend
from portal.refusals import Conflict, NotFound
from registrations.models import ContactConfirmation
from registrations.views.access import post_only, to_work_on
from registrations.workflow import contacts

ANSWERS = {"confirm": contacts.confirm, "not_me": contacts.refuse}
"""By the value of the button."""
_CHOOSE = "Nothing was changed. Choose one of the answers below."


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """Show who names the address as a contact, and take the answer.

    Only a post answers: the scanners of mail servers open links. Afterwards the page shows what was answered.
    """
    spend(CONTACT_LINK, client_network(request))
    if request.method != "POST":
        return _page(request, token)
    answer = ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        return _page(request, token, complaint=_CHOOSE, status=422)
    try:
        answer(token)
    except Conflict as refusal:
        return _page(request, token, complaint=refusal.reason, status=refusal.status)
    return redirect("registrations:contact", token)


@post_only
def send_again(request: PartnerRequest, uuid: UUID, contact_uuid: UUID) -> HttpResponse:
    """Send the link once more to a contact who has not answered."""
    found = to_work_on(request, uuid)
    spend(CONTACT_AGAIN, f"{found.registration.organisation_id}:{contact_uuid}")
    contacts.send_again(uuid, contact_uuid, by=request.user)
    messages.success(request, "The contact gets another email with a link.")
    return redirect("registrations:detail", uuid)


def _page(request: HttpRequest, token: str, *, complaint: str = "", status: int = 200) -> HttpResponse:
    rows = ContactConfirmation.objects.with_token(token).select_related("organisation")
    named = rows.first()
    if named is None:
        raise NotFound
    context = {
        "contact": named,
        "token": token,
        "clients": named.clients(),
        "complaint": complaint,
    }
    return render(request, "registrations/contact.html", context, status=status)
