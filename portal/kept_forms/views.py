"""What is answered to a form with an expired token, and the discarding of what was kept."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal import limits, security
from portal.kept_forms import keeping, offers
from portal.kept_forms.decorators import SIGNED_OUT, is_kept


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep the form and show it again with a new token, or ask to sign in; 403 for any other form.

    Nothing is saved: the person whose session and signed note match sees what they typed, and presses *Save*.
    """
    if not is_kept(request):
        return security.csrf_failure(request, reason)
    address = offers.address_of_form(request)
    try:
        kept = keeping.keep(request, address)
    except limits.TooManyRequests as refusal:
        return limits.refused(request, refusal)
    if not request.user.is_authenticated:
        messages.info(request, SIGNED_OUT)
        return redirect_to_login(address)
    if kept is None or kept.owner_id != request.user.pk:
        return security.csrf_failure(request, reason)
    return redirect(offers.offer(request, kept).link)


@require_POST
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Delete a kept form, and go back to the page with the notice."""
    if not request.user.is_authenticated:
        return redirect_to_login(settings.LOGIN_REDIRECT_URL)
    keeping.discard(request.user, str(uuid))
    offers.withdraw(request, str(uuid))
    messages.success(request, "What you typed was discarded.")
    back = request.POST.get("back", "")
    is_here = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if is_here else settings.LOGIN_REDIRECT_URL)
