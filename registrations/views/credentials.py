"""The client's credentials. A secret appears in the response to one POST and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import REVEAL, REVEAL_ASTRAY, ROTATE, spend
from portal.sealing import SealingKeyProblem
from registrations import permissions
from registrations.domain.lifecycle import LIVE_STATUSES, RegistrationStatus
from registrations.models import Registration, Revision
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import ClientSecrets, secrets_of
from registrations.views.access import own_role, post_only, visible
from registrations.views.first_requests import FirstRequests
from registrations.workflow import secrets
from registrations.workflow.refusals import ReauthenticationNeeded

_UNSEEN = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}


class Endpoints(NamedTuple):
    """The URLs of the authorization server of an environment."""

    issuer: str

    @classmethod
    def of(cls, environment: str) -> Endpoints:
        return cls(settings.PORTAL_ISSUERS.get(environment, ""))

    @property
    def authorize(self) -> str:
        return f"{self.issuer}/oauth/authorize"

    @property
    def token(self) -> str:
        return f"{self.issuer}/oauth/token"

    def first_requests(
        self, registration: Registration, live: Revision | None, *, chosen: str = ""
    ) -> FirstRequests | None:
        """The client's first requests, with the redirect URI at the chosen place, else the first; None while
        it cannot make any."""
        if registration.client_id is None or live is None or registration.stage not in LIVE_STATUSES:
            return None
        prefetch_related_objects([live], "redirect_uris", "requested_scopes")
        places = {str(place): place for place in range(len(live.uris()))}
        place = places.get(chosen, 0)
        return FirstRequests(self.authorize, self.token, registration.client_id, live, place)


@dataclass(frozen=True)
class CredentialsPage:
    """The credentials of one client, and what somebody with this role may do about them now."""

    registration: Registration
    role: str | None
    secrets: ClientSecrets

    @property
    def is_suspended(self) -> bool:
        return self.registration.stage is RegistrationStatus.SUSPENDED

    @property
    def can_reveal(self) -> bool:
        is_active = self.registration.stage is RegistrationStatus.ACTIVE
        return is_active and permissions.can_handle_secrets(self.role)

    @property
    def waits_to_be_revealed(self) -> bool:
        """Whether the first thing to do here is to reveal a secret."""
        return self.can_reveal and self.secrets.sealed is not None

    @property
    def can_rotate(self) -> bool:
        """A sealed secret blocks the issue of another one."""
        return self.can_reveal and self.secrets.sealed is None

    @property
    def can_revoke(self) -> bool:
        return self.registration.stage in LIVE_STATUSES and permissions.can_handle_secrets(self.role)


@require_safe
@partner_required
def credentials(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show the client id, the status of each secret, and the actions that the person's role allows."""
    overview = visible(request, uuid)
    registration, endpoints = overview.registration, Endpoints.of(overview.environment)
    context = {
        "registration": registration,
        "overview": overview,
        "client_id": registration.client_id,
        "page": CredentialsPage(registration, own_role(request, registration), secrets_of(registration)),
        "endpoints": endpoints,
        "requests": endpoints.first_requests(
            registration, overview.live, chosen=request.GET.get("redirect_uri", "")
        ),
        "pkce_free_until": pkce_free_until(registration),
    }
    return render(request, "registrations/credentials.html", context)


@post_only
@sensitive_variables()
def reveal(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Show the secret once, in the response itself, because a redirect could not carry it.

    Attempts are counted per account and secret; secrets that the person cannot see share one count.
    """
    mine = Registration.objects.visible_to(request.user).filter(uuid=uuid, secrets__uuid=secret_uuid)
    if mine.exists():
        spend(REVEAL, f"{request.user.pk} {secret_uuid}")
    else:
        spend(REVEAL_ASTRAY, str(request.user.pk))
    try:
        revealed = secrets.reveal(uuid, secret_uuid, by=request.user, signed_in_at=signed_in_at(request))
    except ReauthenticationNeeded:
        way_back = urlencode({"next": reverse("registrations:credentials", args=[uuid])})
        return redirect(f"{reverse('account_reauthenticate')}?{way_back}")
    except SealingKeyProblem:
        return render(request, "503.html", {"registration_uuid": uuid}, status=503)
    request.session.cycle_key()
    registration = revealed.registration
    endpoints = Endpoints.of(registration.environment or "")
    context = {
        "registration": registration,
        "client_id": revealed.client_id,
        "secret": revealed.secret,
        "endpoints": endpoints,
        "requests": endpoints.first_requests(registration, registration.revisions.live().first()),
        "pkce_free_until": pkce_free_until(registration),
    }
    return HttpResponse(
        render_to_string("registrations/secret_shown.html", context, request), headers=_UNSEEN
    )


@post_only
def rotate(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Issue a new secret."""
    spend(ROTATE, str(request.user.pk))
    grace, proof = request.POST.get("grace", ""), signed_in_at(request)
    secrets.rotate(uuid, by=request.user, grace=grace, signed_in_at=proof)
    messages.success(request, "A new client secret is ready to reveal.")
    return redirect("registrations:credentials", uuid)


@post_only
def revoke(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Revoke a secret at once."""
    leaked, confirmed = bool(request.POST.get("leaked")), request.POST.get("confirmed", "")
    secrets.revoke(uuid, secret_uuid, by=request.user, leaked=leaked, confirmed=confirmed)
    messages.success(request, "The secret was revoked. It no longer works.")
    return redirect("registrations:credentials", uuid)


def signed_in_at(request: HttpRequest) -> datetime | None:
    """When the person last proved who they are, by signing in or by entering the password again."""
    records = get_authentication_records(request, request.user)
    return max((datetime.fromtimestamp(record["at"], UTC) for record in records), default=None)
