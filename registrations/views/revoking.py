"""Stop a secret: a page that says what that does, and one press for a secret that somebody else may know."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.kept_forms.decorators import keeps_what_is_typed
from portal.kept_forms.showing import kept_values
from portal.limits import ROTATE, spend
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from registrations import permissions
from registrations.domain.lifecycle import LIVE_STATUSES
from registrations.forms.controls import FreeText
from registrations.queries.overview import RegistrationOverview
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import secrets_of
from registrations.rules.findings import Finding
from registrations.views.access import own_role, post_only, visible
from registrations.workflow import secrets
from registrations.workflow.locking import ASK_A_DEVELOPER
from registrations.workflow.refusals import RulesBroken, to_credentials


class RevokingForm(forms.Form):
    """Why a secret is revoked, and the name of the client where nothing works without that secret."""

    reason = FreeText(label="Reason", required=False)
    leaked = forms.BooleanField(label="Somebody else may have seen this secret", required=False)
    confirmed = forms.CharField(label="Name of the client", required=False)

    def find(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.add_error(finding.field, finding.message)


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
@partner_required
def revoke(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Show what revoking the secret stops; revoke it at once."""
    overview = to_revoke(request, uuid)
    registration = overview.registration
    found = secrets_of(registration)
    secret = next((row for row in found.rows if row.uuid == secret_uuid), None)
    if secret is None:
        raise NotFound
    if not secret.is_revocable:
        raise Gone("This secret no longer works.", way_out=to_credentials(uuid))
    is_posted = request.method == "POST"
    form = RevokingForm(request.POST if is_posted else kept_values(request, do="confirm", done="done"))
    if is_posted and form.is_valid():
        try:
            secrets.revoke(uuid, secret_uuid, by=request.user, **form.cleaned_data)
        except RulesBroken as broken:
            form.find(broken.findings)
        else:
            messages.success(request, "The secret was revoked. It no longer works.")
            return redirect("registrations:credentials", uuid)
    context = {
        "registration": registration,
        "overview": overview,
        "secret": secret,
        "other": next((row for row in found.rows if row.is_usable and row != secret), None),
        "form": form,
        "has_exception": pkce_free_until(registration) is not None,
    }
    return render(request, "registrations/revoke.html", context, status=422 if is_posted else 200)


@post_only
def replace_leaked(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Revoke a secret that somebody else may know, and issue a new one, in one press."""
    spend(ROTATE, str(request.user.pk))
    issued = secrets.replace_leaked(uuid, secret_uuid, by=request.user)
    if issued:
        messages.success(request, "The secret was revoked. A new client secret is ready to reveal.")
    else:
        messages.success(request, "The secret was revoked. It no longer works.")
    return redirect("registrations:credentials", uuid)


def to_revoke(request: PartnerRequest, uuid: UUID) -> RegistrationOverview:
    """The registration, for a member who may revoke its secrets now.

    Raises NotAllowed for a viewer, NotFound for everybody who is not a member, Conflict once it is closed.
    """
    found = visible(request, uuid)
    if not permissions.can_handle_secrets(own_role(request, found.registration)):
        raise NotAllowed(ASK_A_DEVELOPER, way_out=to_credentials(uuid))
    if found.registration.stage not in LIVE_STATUSES:
        raise Conflict(f"This registration is {found.registration.status}.", way_out=to_credentials(uuid))
    return found
