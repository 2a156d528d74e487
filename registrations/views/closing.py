"""The pages that ask for confirmation before a registration is closed or a draft discarded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.refusals import Conflict
from registrations.domain.lifecycle import SECRET
from registrations.forms.closing_form import ClosingForm
from registrations.queries.overview import RegistrationOverview
from registrations.views.access import back_to, to_edit, to_work_on
from registrations.workflow import client


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def close(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show what closing ends; close the registration if the box is ticked."""
    found = to_work_on(request, uuid)
    if not found.is_open:
        raise Conflict("This registration is closed.", way_out=back_to(uuid))
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "registrations/close.html", _context(found, form), status=_status(form))
    client.close(uuid, by=request.user)
    messages.success(request, "The registration is closed.")
    return redirect("registrations:detail", uuid)


@require_safe
@partner_required
def discarding(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show what discarding the draft deletes; the button posts to the verb's own URL."""
    found = to_edit(request, uuid)
    if found.draft is None:
        raise Conflict("There is no draft to discard.", way_out=back_to(uuid))
    context = {
        "registration": found.registration,
        "name": found.name,
        "closes": found.newest is None,
        "is_live": found.live is not None,
        "draft": found.draft,
    }
    return render(request, "registrations/discard.html", context)


def _status(form: ClosingForm) -> int:
    return 422 if form.is_bound else 200


def _context(found: RegistrationOverview, form: ClosingForm) -> dict[str, object]:
    registration, now = found.registration, timezone.now()
    secrets, exceptions = registration.secrets.all(), registration.pkce_exceptions.all()
    return {
        "registration": registration,
        "name": found.name,
        "form": form,
        "is_live": registration.is_live,
        "under_review": found.under_review,
        "draft": found.draft,
        "has_secrets": any(row.status_at(now) in SECRET.sources("revoke") for row in secrets),
        "has_exception": any(one.runs_on(now.date()) for one in exceptions),
    }
