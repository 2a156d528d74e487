"""The pages that ask for confirmation before something is closed or a draft discarded."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.organisations.access import administered
from portal.refusals import Conflict
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import secrets_of
from registrations.views.access import back_to, leads_to_the_client, to_edit, to_work_on
from registrations.workflow import client, organisations

MOST_IN_THE_WAY: Final = 50
"""How many registrations the page names that have to be closed before the organisation."""


class ClosingForm(forms.Form):
    """A checkbox that has to be ticked, because closing cannot be undone."""

    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box to close the registration."},
    )


class ClosingOrganisationForm(ClosingForm):
    """The same for an organisation."""

    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box to close the organisation."},
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


@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
@asks_for_password("registrations:close_organisation", named_by="organisation_uuid")
def close_organisation(request: PartnerRequest, organisation_uuid: UUID) -> HttpResponse:
    """Show what closing ends, or which registrations stand in the way; close the organisation if the box is
    ticked."""
    organisation, is_posted = administered(request, organisation_uuid), request.method == "POST"
    form = ClosingOrganisationForm(
        request.POST if is_posted else kept_values(request, do="confirm", done="done")
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_posted else HTTPStatus.OK
    if is_posted and form.is_valid():
        try:
            organisations.close(organisation_uuid, by=request.user, signed_in_at=last_sign_in(request))
        except Conflict:
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, f"{organisation.name} is closed.")
            return redirect("organisation_new")
    found = with_overview(organisations.clients_in_the_way(organisation))[: MOST_IN_THE_WAY + 1]
    in_the_way = [RegistrationOverview(one) for one in found]
    context = {
        "organisation": organisation,
        "form": form,
        "in_the_way": in_the_way[:MOST_IN_THE_WAY],
        "has_more": len(in_the_way) > MOST_IN_THE_WAY,
    }
    return render(request, "registrations/close_organisation.html", context, status=status)


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
