"""A client's secrets as pages list them: never the sealed value, never the verifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from registrations.domain.lifecycle import SECRET, USABLE_SECRETS, SecretStatus
from registrations.models import ClientSecret, Registration
from registrations.models.registration import RegistrationQuerySet


@dataclass(frozen=True)
class SecretRow:
    """A secret without what it protects.

    ``status`` is its status now, ``is_last`` whether revoking it stops the client. ``issuer`` and
    ``revealer`` are primary keys of people; the secret that came with the approval has no issuer.
    """

    uuid: UUID
    status: SecretStatus
    hint: str
    issued_at: datetime
    issuer: int | None
    reveal_until: datetime
    revealed_at: datetime | None
    revealer: int | None
    expires_at: datetime | None
    is_last: bool

    @property
    def is_sealed(self) -> bool:
        """Whether it waits to be revealed."""
        return self.status is SecretStatus.SEALED

    @property
    def is_revocable(self) -> bool:
        """Whether it waits to be revealed or works."""
        return self.status in SECRET.sources("revoke")


@dataclass(frozen=True)
class ClientSecrets:
    """The secrets of one client, the newest first."""

    rows: Sequence[SecretRow]

    @property
    def sealed(self) -> SecretRow | None:
        """The one that waits to be revealed."""
        return next((row for row in self.rows if row.is_sealed), None)

    @property
    def any_usable(self) -> bool:
        """Whether the client can authenticate with one of them."""
        return any(row.status in USABLE_SECRETS for row in self.rows)

    @property
    def any_revocable(self) -> bool:
        """Whether one of them waits to be revealed or works."""
        return any(row.is_revocable for row in self.rows)


def with_working_secret(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate each registration with whether one of its secrets works now. Needs no further statement."""
    working = ClientSecret.objects.filter(registration=OuterRef("pk")).working_at(timezone.now())
    return rows.annotate(has_working_secret=Exists(working))


def has_working_secret(registration: Registration) -> bool:
    """Whether one of its secrets works; read by :func:`with_working_secret`."""
    return bool(vars(registration)["has_working_secret"])


def secrets_of(registration: Registration) -> ClientSecrets:
    """Read the secrets with their status now: one statement."""
    now = timezone.now()
    secrets = registration.secrets.defer("sealed_secret", "verifier")
    found = [(secret, secret.status_at(now)) for secret in secrets]
    usable = [secret for secret, status in found if status in USABLE_SECRETS]
    return ClientSecrets(
        [
            SecretRow(
                secret.uuid,
                status,
                secret.hint,
                secret.issued_at,
                None if secret.issued_at == registration.activated_at else secret.issued_by_id,
                secret.reveal_until,
                secret.revealed_at,
                secret.revealed_by_id,
                secret.expires_at,
                is_last=usable == [secret],
            )
            for secret, status in found
        ]
    )
