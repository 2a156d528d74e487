"""Closing a registration: what will happen, and the tick that confirms it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.accounts.doors import PartnerRequest, partner_required
from portal.refusals import Conflict
from registrations.forms.closing_form import ClosingForm
from registrations.rules.lifecycle import SECRET
from registrations.standing import Standing
from registrations.views.doors import back_to, to_work_on
from registrations.workflow import life


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def close(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Shows what closing ends; with the tick, ends it."""
    found = to_work_on(request, uuid)
    if not found.is_open:
        raise Conflict("This registration is closed.", way_out=back_to(uuid))
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "registrations/close.html", _context(found, form), status=_status(form))
    life.close(uuid, by=request.user)
    messages.success(request, "The registration is closed.")
    return redirect("registrations:detail", uuid)


def _status(form: ClosingForm) -> int:
    return 422 if form.is_bound else 200


def _context(found: Standing, form: ClosingForm) -> dict[str, object]:
    registration, now = found.registration, timezone.now()
    secrets, exceptions = registration.secrets.all(), registration.pkce_exceptions.all()
    return {
        "registration": registration,
        "name": found.name,
        "form": form,
        "is_live": registration.is_live,
        "under_review": found.under_review,
        "draft": found.draft,
        "has_secrets": any(row.standing(now) in SECRET.sources("revoke") for row in secrets),
        "has_exception": any(one.runs_on(now.date()) for one in exceptions),
    }
