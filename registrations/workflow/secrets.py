"""Verbs about client secrets: reveal, rotate, revoke, lapse, void after a restore."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, Gone
from registrations import client_secrets
from registrations.client_secrets import PlainSecret
from registrations.domain.lifecycle import LIVE_STATUSES, SECRET, RegistrationStatus, SecretStatus
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret, Registration
from registrations.models.secret import REVEAL_WINDOW
from registrations.workflow.due_rows import BATCH, run_for_each
from registrations.workflow.locking import lock, lock_for_secrets, read
from registrations.workflow.marks import book_marks
from registrations.workflow.pkce import revoke_after_leak
from registrations.workflow.refusals import ReauthenticationNeeded, SecretGone
from registrations.workflow.transitions import move
from registrations.workflow.verbs import verb

S = SecretStatus
RECENT_SIGN_IN = timedelta(minutes=15)
HAD_A_CLIENT = LIVE_STATUSES | {RegistrationStatus.CLOSED}
"""Closed registrations are among these, so that revealing one of their secrets answers that it is gone
(410), though none of them can be revealed."""
GRACES = ("now",)
"""The choices of how long the old secret keeps working after a rotation."""


@dataclass(frozen=True)
class Revealed:
    """A revealed secret with its client, for the one page that shows it."""

    registration: Registration
    client_id: UUID
    secret: PlainSecret


def issue(registration: Registration, client_id: UUID, *, by: User, now: datetime) -> ClientSecret:
    """Store a new sealed secret, in the transaction of the calling verb."""
    secret = ClientSecret(registration=registration, issued_at=now, issued_by=by)
    made = client_secrets.make(secret_uuid=secret.uuid, client_id=client_id)
    secret.sealed_secret, secret.verifier, secret.hint = made.sealed, made.verifier, made.hint
    secret.reveal_until = now + REVEAL_WINDOW
    secret.save(force_insert=True)
    return secret


@verb(
    lock=lock_for_secrets,
    statuses=HAD_A_CLIENT,
    refused=RegistrationEvent.SECRET_REVEAL,
    about="secret:{secret_uuid}",
)
def reveal(
    registration: Registration, secret_uuid: UUID, *, by: User, signed_in_at: datetime | None
) -> Revealed:
    """Return the secret in clear and wipe the sealed copy, so that this works only once.

    ``signed_in_at`` is when the person last proved who they are. Raises ``Gone`` where the secret was
    revealed, lapsed or revoked, ``ReauthenticationNeeded``, ``NotAllowed`` for a viewer, ``Conflict``
    while suspended, and ``sealing.SealingKeyProblem`` (the secret stays sealed then).
    """
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.status_at(now) is not S.SEALED:
        raise SecretGone(secret.status_at(now), registration)
    if registration.status != RegistrationStatus.ACTIVE or registration.client_id is None:
        raise Conflict("The client is suspended, so its secret cannot be revealed.")
    if signed_in_at is None or now - signed_in_at > RECENT_SIGN_IN:
        raise ReauthenticationNeeded("Sign in again to see the secret.")
    sealed = secret.sealed_secret or ""
    moved = move(secret, SECRET, "reveal", sealed_secret=None, revealed_at=now, revealed_by=by)
    in_clear = client_secrets.open_sealed(
        sealed, secret_uuid=secret.uuid, client_id=registration.client_id, verifier=secret.verifier
    )
    events.record(RegistrationEvent.SECRET_REVEALED, by=by, stream=registration.uuid, objects=[moved])
    queue.enqueue("secret_revealed", secret_id=secret.pk)
    return Revealed(registration, registration.client_id, in_clear)


@verb(lock=lock_for_secrets, statuses={RegistrationStatus.ACTIVE})
def rotate(registration: Registration, *, by: User, grace: str) -> ClientSecret:
    """Issue a new secret. With grace ``now`` the current one stops working at once.

    Raises ``Conflict`` while a secret waits to be revealed: reveal or revoke that one first.
    """
    if grace not in GRACES:
        raise Conflict("Choose how long the old secret keeps working.")
    now, moved = timezone.now(), []
    for current in registration.secrets.filter(status__in=[S.SEALED, S.ACTIVE]):
        if current.status_at(now) is S.SEALED:
            raise Conflict("A secret is waiting to be revealed. Reveal or revoke that one first.")
        moved.append(_stop(current, by=by, now=now))
    if registration.client_id is None:
        raise Conflict("The client has no client id yet.")
    secret = issue(registration, registration.client_id, by=by, now=now)
    events.record(
        RegistrationEvent.SECRET_ROTATED,
        by=by,
        stream=registration.uuid,
        objects=[secret.audit_name, *moved],
    )
    return secret


@verb(lock=lock_for_secrets, statuses=LIVE_STATUSES)
def revoke(registration: Registration, secret_uuid: UUID, *, by: User, leaked: bool = False) -> ClientSecret:
    """Stop a secret at once, revealed or not. Works while the client is suspended.

    ``leaked`` says that somebody else may know it; the PKCE exception is then revoked as well.
    """
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.status_at(now) not in SECRET.sources("revoke"):
        raise Gone("This secret no longer works.")
    moved = [_stop(secret, by=by, now=now)]
    if leaked:
        moved += revoke_after_leak(registration, by=by, now=now)
    events.record(
        RegistrationEvent.SECRET_REVOKED,
        by=by,
        stream=registration.uuid,
        objects=moved,
        detail={"leaked": leaked},
    )
    if leaked:
        book_marks(registration)
    return secret


def revoke_all(registration: Registration, *, by: User, now: datetime) -> list[str]:
    """Revoke all secrets of a client that is being closed; returns the names of what changed."""
    return [_stop(secret, by=by, now=now) for secret in registration.secrets.revocable()]


def lapse_due(stopped: Stopped = never) -> int:
    """Record the lapse of every secret that nobody revealed in time: a job of the worker."""
    due = ClientSecret.objects.sealed().filter(reveal_until__lte=timezone.now())
    rows = due.order_by("reveal_until").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _lapse, stopped)


def _lapse(registration: Registration, secret_uuid: UUID) -> bool:
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.status != S.SEALED or secret.status_at(now) != S.LAPSED:
        return False
    moved = _stop(secret, by=None, now=now)
    events.record(RegistrationEvent.SECRET_LAPSED, by=None, stream=registration.uuid, objects=[moved])
    queue.enqueue("secret_lapsed", secret_id=secret.pk)
    return True


def void_sealed(*, now: datetime) -> int:
    """Destroy every secret that waits to be revealed, in the transaction of the caller.

    In a restored backup it may be one that was revealed since. Returns how many there were.
    """
    every = frozenset(RegistrationStatus)
    rows = list(ClientSecret.objects.sealed().order_by("pk").values_list("registration__uuid", "uuid"))
    for registration, uuid in rows:
        _void(lock(registration, statuses=every), uuid, now)
    return len(rows)


def _void(registration: Registration, secret_uuid: UUID, now: datetime) -> None:
    secret = read(registration.secrets.sealed(), uuid=secret_uuid)
    moved = move(secret, SECRET, "lapse", sealed_secret=None, lapsed_at=now)
    events.record(RegistrationEvent.SECRET_VOIDED, by=None, stream=registration.uuid, objects=[moved])
    queue.enqueue("secret_voided", secret_id=secret.pk)


def _stop(secret: ClientSecret, *, by: User | None, now: datetime) -> str:
    """Stop the secret by the move that fits its status now: one that lapsed or expired is not revoked."""
    status = secret.status_at(now)
    if status is S.LAPSED:
        return move(secret, SECRET, "lapse", sealed_secret=None, lapsed_at=now)
    if status is S.EXPIRED:
        return move(secret, SECRET, "expire")
    return move(secret, SECRET, "revoke", sealed_secret=None, expires_at=None, revoked_at=now, revoked_by=by)
