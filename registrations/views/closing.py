"""The pages that ask for confirmation before a registration is closed or a draft discarded."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import secrets_of
from registrations.views.access import back_to, leads_to_the_client, to_edit, to_work_on
from registrations.workflow import client


class ClosingForm(forms.Form):
    """A checkbox that has to be ticked, because closing cannot be undone."""

    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box to close the registration."},
    )


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def close(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show what closing ends; close the registration if the box is ticked."""
    overview = to_work_on(request, uuid)
    registration = overview.registration
    if not overview.is_open:
        raise Conflict("This registration is closed.", way_out=back_to(uuid))
    is_posted = request.method == "POST"
    form = ClosingForm(request.POST if is_posted else kept_values(request, do="confirm", done="done"))
    if is_posted and form.is_valid():
        client.close(uuid, by=request.user)
        messages.success(request, "The registration is closed.")
        return redirect("registrations:detail", uuid)
    context = {
        "registration": registration,
        "overview": overview,
        "form": form,
        "has_secrets": secrets_of(registration).any_revocable,
        "has_exception": pkce_free_until(registration) is not None,
    }
    return render(request, "registrations/close.html", context, status=422 if is_posted else 200)


@require_safe
@partner_required
@leads_to_the_client
def discarding(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show what discarding the draft deletes; the button posts to the verb's own URL."""
    found = to_edit(request, uuid)
    if found.draft is None:
        raise Conflict("There is no draft to discard.")
    context = {
        "registration": found.registration,
        "name": found.name,
        "closes": found.newest is None,
        "is_live": found.live is not None,
        "draft": found.draft,
    }
    return render(request, "registrations/discard.html", context)
