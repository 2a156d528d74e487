"""A client's secrets as pages list them: never the sealed value, never the verifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from registrations.domain.lifecycle import SECRET, USABLE_SECRETS, SecretStatus
from registrations.models import ClientSecret, Registration, UsageReports
from registrations.models.registration import RegistrationQuerySet


@dataclass(frozen=True)
class SecretRow:
    """A secret without what it protects.

    ``status`` is its status now, ``is_last_working`` whether revoking it stops the client. ``issuer``,
    ``revealer`` and ``revoker`` are primary keys of people; the secret that came with the approval has no
    issuer, and one that Pleo revoked no revoker. One that was ``adopted`` has no issuer, revealer, hint or
    ``reveal_until``: it is older than the portal. ``last_used_at`` is what the authorization server last
    reported, if it reports that. ``expires_at`` is when an old secret stops working, or did;
    one that ``waits_for_successor`` has only a ``grace``, which begins when the new one is revealed.
    """

    uuid: UUID
    status: SecretStatus
    hint: str
    issued_at: datetime
    issuer: int | None
    reveal_until: datetime | None
    revealed_at: datetime | None
    revealer: int | None
    expires_at: datetime | None
    grace: str
    waits_for_successor: bool
    revoked_at: datetime | None
    revoker: int | None
    revoked_at_desk: bool
    revoke_reason: str
    leaked: bool
    is_last_working: bool
    adopted: bool
    last_used_at: datetime | None

    @property
    def is_sealed(self) -> bool:
        """Whether it waits to be revealed."""
        return self.status is SecretStatus.SEALED

    @property
    def is_revocable(self) -> bool:
        """Whether it waits to be revealed or works."""
        return self.status in SECRET.sources("revoke")

    @property
    def is_usable(self) -> bool:
        """Whether the client can authenticate with it."""
        return self.status in USABLE_SECRETS

    @property
    def ends_at(self) -> datetime | None:
        """When it stops working; None where it does not, or no end is set yet."""
        return self.expires_at if self.status is SecretStatus.RETIRING else None


@dataclass(frozen=True)
class ClientSecrets:
    """The secrets of one client, the newest first.

    ``is_use_reported`` is whether the authorization server reports uses: only then a secret without one says
    anything.
    """

    rows: Sequence[SecretRow]
    is_use_reported: bool = False

    @property
    def sealed(self) -> SecretRow | None:
        """The one that waits to be revealed."""
        return next((row for row in self.rows if row.is_sealed), None)

    @property
    def retiring(self) -> SecretRow | None:
        """The old one that works beside a newer one, or until that is revealed."""
        return next((row for row in self.rows if row.status is SecretStatus.RETIRING), None)

    @property
    def active(self) -> SecretRow | None:
        """The one that works for good."""
        return next((row for row in self.rows if row.status is SecretStatus.ACTIVE), None)

    @property
    def ends_at(self) -> datetime | None:
        """The end of the secret that the client is to use: an old one only where there is no newer one."""
        is_old = self.retiring and not self.active and not self.sealed
        return self.retiring.ends_at if self.retiring and is_old else None

    @property
    def any_usable(self) -> bool:
        """Whether the client can authenticate with one of them."""
        return any(row.is_usable for row in self.rows)

    @property
    def any_revocable(self) -> bool:
        """Whether one of them waits to be revealed or works."""
        return any(row.is_revocable for row in self.rows)


def with_working_secret(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate each registration with whether one of its secrets works now. Needs no further statement."""
    working = ClientSecret.objects.filter(registration=OuterRef("pk")).working_at(timezone.now())
    return rows.annotate(has_working_secret=Exists(working))


def without_working_secret(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """The registrations none of whose secrets works now.

    Active secrets and old ones are looked for apart, and both join as a whole: asked in one condition, the
    database would judge the grace of every secret that there is.
    """
    secrets = ClientSecret.objects.filter(registration=OuterRef("pk"))
    return rows.filter(~Exists(secrets.active()), ~Exists(secrets.retiring_at(timezone.now())))


def with_sealed_until(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate each registration with until when a secret of it can be revealed; None where none can.

    Needs no further statement.
    """
    sealed = ClientSecret.objects.filter(registration=OuterRef("pk")).revealable_at(timezone.now())
    return rows.annotate(sealed_until=Subquery(sealed.order_by().values("reveal_until")[:1]))


def has_working_secret(registration: Registration) -> bool:
    """Whether one of its secrets works; read by :func:`with_working_secret`."""
    return bool(vars(registration)["has_working_secret"])


def secrets_of(registration: Registration) -> ClientSecrets:
    """Read the secrets with their status now: one statement."""
    now = timezone.now()
    reports = UsageReports.objects.filter(environment=registration.environment)
    stored = registration.secrets.annotate(is_use_reported=Exists(reports)).select_related("last_use")
    secrets = list(stored.defer("sealed_secret", "verifier"))
    found = [(secret, *_judged(secret, secrets, now)) for secret in secrets]
    usable = [secret for secret, status, _ in found if status in USABLE_SECRETS]
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
                ends_at,
                secret.grace,
                waits_for_successor=status is SecretStatus.RETIRING and ends_at is None,
                revoked_at=secret.revoked_at,
                revoker=None if secret.revoked_at_desk else secret.revoked_by_id,
                revoked_at_desk=secret.revoked_at_desk,
                revoke_reason=secret.revoke_reason,
                leaked=secret.leaked,
                is_last_working=usable == [secret],
                adopted=secret.adopted,
                last_used_at=secret.last_use.last_used_at if hasattr(secret, "last_use") else None,
            )
            for secret, status, ends_at in found
        ],
        is_use_reported=any(secret.is_use_reported for secret in secrets),
    )


def _judged(
    secret: ClientSecret, all_of_client: Sequence[ClientSecret], now: datetime
) -> tuple[SecretStatus, datetime | None]:
    """The status of a secret now, and its end.

    What became of the successor counts, whether or not the row of the old secret knows it yet.
    """
    if not secret.awaits_successor:
        return secret.status_at(now), secret.expires_at
    if end := secret.end_after(all_of_client):
        return (SecretStatus.RETIRING if now < end else SecretStatus.EXPIRED), end
    waits = any(one.status_at(now) is SecretStatus.SEALED for one in all_of_client)
    return (SecretStatus.RETIRING if waits else SecretStatus.ACTIVE), None
