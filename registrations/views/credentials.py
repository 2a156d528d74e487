"""The client's credentials. A secret appears in the response to one POST and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.accounts.models import User
from portal.accounts.recent_sign_in import last_sign_in
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.limits import REVEAL, REVEAL_ASTRAY, spend
from portal.sealing import SealingKeyProblem
from registrations import permissions
from registrations.domain.lifecycle import LIVE_STATUSES, RegistrationStatus
from registrations.models import Registration, Revision
from registrations.queries.pkce_exceptions import pkce_free_until
from registrations.queries.secrets import ClientSecrets, SecretRow, secrets_of
from registrations.views.access import own_role, post_only, visible
from registrations.views.first_requests import FirstRequests
from registrations.views.rotating import GraceOption, grace_options
from registrations.workflow import secrets

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
        self,
        registration: Registration,
        live: Revision | None,
        *,
        expires_at: datetime | None = None,
        chosen: str = "",
    ) -> FirstRequests | None:
        """The client's first requests, with the redirect URI at the chosen place, else the first; None while
        it cannot make any. ``expires_at`` is the end of its secret, if it has one."""
        if registration.client_id is None or live is None or registration.stage not in LIVE_STATUSES:
            return None
        prefetch_related_objects([live], "redirect_uris", "requested_scopes")
        places = {str(place): place for place in range(len(live.uris()))}
        place = places.get(chosen, 0)
        return FirstRequests(self.authorize, self.token, registration.client_id, live, expires_at, place)


class SecretEntry(NamedTuple):
    """A secret that can be revoked; ``is_replaced`` says whether a new one is issued if it leaked."""

    secret: SecretRow
    is_replaced: bool


@dataclass(frozen=True)
class CredentialsPage:
    """The credentials of one client, and what somebody with this role may do about them now.

    ``typed_grace`` is what was chosen to rotate before the password was asked for; None if nothing was.
    """

    registration: Registration
    role: str | None
    secrets: ClientSecrets
    typed_grace: str | None = None

    @property
    def graces(self) -> list[GraceOption]:
        """How long the old secret may keep working; empty where none works."""
        return grace_options(self.secrets, self.typed_grace or "") if self.secrets.any_usable else []

    @cached_property
    def people(self) -> Mapping[int, str]:
        """The names of those who issued, revealed or revoked a secret: one statement."""
        rows = self.secrets.rows
        found = [person for row in rows for person in (row.issuer, row.revealer, row.revoker) if person]
        return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=found)}

    @property
    def is_suspended(self) -> bool:
        return self.registration.stage is RegistrationStatus.SUSPENDED

    @property
    def can_reveal(self) -> bool:
        is_active = self.registration.stage is RegistrationStatus.ACTIVE
        return is_active and permissions.can_handle_secrets(self.role)

    @property
    def entries(self) -> list[SecretEntry]:
        """The secrets that can be revealed or revoked, the newest first."""
        return [
            SecretEntry(row, self._is_replaced_after_leak(row))
            for row in self.secrets.rows
            if row.is_revocable
        ]

    def _is_replaced_after_leak(self, row: SecretRow) -> bool:
        others = (one for one in (self.secrets.sealed, self.secrets.active) if one is not None)
        return not self.is_suspended and all(one == row for one in others)

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
    typed, found = kept_values(request, do="send", done="sent"), secrets_of(registration)
    context = {
        "registration": registration,
        "overview": overview,
        "client_id": registration.client_id,
        "page": CredentialsPage(
            registration,
            own_role(request, registration),
            found,
            str(typed["grace"]) if typed and "grace" in typed else None,
        ),
        "endpoints": endpoints,
        "requests": endpoints.first_requests(
            registration,
            overview.live,
            expires_at=found.ends_at,
            chosen=request.GET.get("redirect_uri", ""),
        ),
        "pkce_free_until": pkce_free_until(registration),
    }
    return render(request, "registrations/credentials.html", context)


@post_only
@asks_for_password("registrations:credentials")
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
        revealed = secrets.reveal(uuid, secret_uuid, by=request.user, signed_in_at=last_sign_in(request))
    except SealingKeyProblem:
        return render(request, "503.html", {"registration_uuid": uuid}, status=503)
    request.session.cycle_key()
    registration = revealed.registration
    endpoints = Endpoints.of(registration.environment or "")
    context = {
        "registration": registration,
        "client_id": revealed.client_id,
        "secret": revealed.secret,
        "old": secrets_of(registration).retiring,
        "endpoints": endpoints,
        "requests": endpoints.first_requests(registration, registration.revisions.live().first()),
        "pkce_free_until": pkce_free_until(registration),
    }
    return HttpResponse(
        render_to_string("registrations/secret_shown.html", context, request), headers=_UNSEEN
    )
