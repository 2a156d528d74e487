"""The client's credentials. A secret appears in the response to one POST and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import REVEAL, REVEAL_ASTRAY, ROTATE, spend
from portal.sealing import SealingKeyProblem
from registrations import permissions
from registrations.domain.lifecycle import LIVE_STATUSES, USABLE_SECRETS, RegistrationStatus, SecretStatus
from registrations.models import ClientSecret, Registration
from registrations.views import exceptions
from registrations.views.access import post_only, role_in, visible
from registrations.workflow import secrets
from registrations.workflow.errors import ReauthenticationNeeded
from registrations.workflow.secrets import Revealed

_UNSEEN = {"Cache-Control": "no-store", "Pragma": "no-cache", "Referrer-Policy": "no-referrer"}


class SecretRow(NamedTuple):
    """A secret as the page shows it.

    ``status`` is its status now, ``is_last`` whether revoking it stops the client.
    """

    uuid: UUID
    status: str
    hint: str
    reveal_until: datetime
    revealed_at: datetime | None
    is_last: bool


@require_safe
@partner_required
def credentials(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show the client id, the status of each secret, and the actions that the person's role allows."""
    found = visible(request, uuid)
    registration = found.registration
    rows = _rows(registration)
    context = {
        "registration": registration,
        "name": found.name,
        "environment": found.environment,
        "client_id": registration.client_id,
        "secrets": rows,
        "has_usable": any(row.status in USABLE_SECRETS for row in rows),
        "is_without_secret": not _sealed_or_usable(rows),
        "endpoints": endpoints(found.environment),
        "pkce_free_until": exceptions.pkce_free_until(registration),
        "actions": _actions(registration, role_in(request, registration.organisation_id), rows),
    }
    return render(request, "registrations/credentials.html", context)


@post_only
@sensitive_variables()
def reveal(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Show the secret once, in the response itself, because a redirect could not carry it."""
    _count_try(request, uuid, secret_uuid)
    try:
        revealed = secrets.reveal(uuid, secret_uuid, by=request.user, signed_in_at=signed_in_at(request))
    except ReauthenticationNeeded:
        way_back = urlencode({"next": reverse("registrations:credentials", args=[uuid])})
        return redirect(f"{reverse('account_reauthenticate')}?{way_back}")
    except SealingKeyProblem:
        return render(request, "503.html", {"registration_uuid": uuid}, status=503)
    request.session.cycle_key()
    return _revealed(request, revealed)


def _count_try(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> None:
    """Count the attempt per account and secret; secrets that the person cannot see share one count."""
    own = Registration.objects.visible_to(request.user).filter(uuid=uuid, secrets__uuid=secret_uuid)
    if own.exists():
        spend(REVEAL, f"{request.user.pk} {secret_uuid}")
    else:
        spend(REVEAL_ASTRAY, str(request.user.pk))


@post_only
def rotate(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Issue a new secret."""
    spend(ROTATE, str(request.user.pk))
    secrets.rotate(uuid, by=request.user, grace=request.POST.get("grace", ""))
    messages.success(request, "A new client secret is ready to reveal.")
    return redirect("registrations:credentials", uuid)


@post_only
def revoke(request: PartnerRequest, uuid: UUID, secret_uuid: UUID) -> HttpResponse:
    """Revoke a secret at once."""
    secrets.revoke(uuid, secret_uuid, by=request.user, leaked=bool(request.POST.get("leaked")))
    messages.success(request, "The secret was revoked. It does not work any more.")
    return redirect("registrations:credentials", uuid)


def signed_in_at(request: HttpRequest) -> datetime | None:
    """When the person last proved who they are, by signing in or by entering the password again."""
    records = get_authentication_records(request, request.user)
    return max((datetime.fromtimestamp(record["at"], UTC) for record in records), default=None)


def endpoints(environment: str) -> dict[str, str]:
    """The URLs of the environment's authorization server."""
    issuer = settings.PORTAL_ISSUERS.get(environment, "")
    return {"issuer": issuer, "authorize": f"{issuer}/oauth/authorize", "token": f"{issuer}/oauth/token"}


@sensitive_variables()
def _revealed(request: PartnerRequest, revealed: Revealed) -> HttpResponse:
    registration = revealed.registration
    context = {
        "registration": registration,
        "client_id": revealed.client_id,
        "secret": revealed.secret,
        "endpoints": endpoints(registration.environment or ""),
        "pkce_free_until": exceptions.pkce_free_until(registration),
    }
    response = render(request, "registrations/revealed.html", context)
    for name, value in _UNSEEN.items():
        response[name] = value
    return response


def _rows(registration: Registration) -> list[SecretRow]:
    now = timezone.now()
    found = [(secret, secret.status_at(now)) for secret in registration.secrets.all()]
    usable = [secret for secret, status in found if status in USABLE_SECRETS]
    return [_row(secret, status, is_last=usable == [secret]) for secret, status in found]


def _row(secret: ClientSecret, status: SecretStatus, *, is_last: bool) -> SecretRow:
    return SecretRow(secret.uuid, status.value, secret.hint, secret.reveal_until, secret.revealed_at, is_last)


def _sealed_or_usable(rows: list[SecretRow]) -> list[SecretRow]:
    return [row for row in rows if row.status in {SecretStatus.SEALED, *USABLE_SECRETS}]


def _actions(registration: Registration, role: str | None, rows: list[SecretRow]) -> dict[str, bool]:
    """What the role allows now. A sealed secret blocks the issue of another one."""
    may = permissions.can_handle_secrets(role)
    active = registration.stage is RegistrationStatus.ACTIVE
    waiting = any(row.status == SecretStatus.SEALED for row in rows)
    return {
        "can_reveal": may and active,
        "can_rotate": may and active and not waiting,
        "can_revoke": may and registration.stage in LIVE_STATUSES,
    }
