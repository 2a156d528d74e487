"""Verbs about client secrets: reveal, rotate, revoke, lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, Gone, NotFound
from registrations import client_secrets
from registrations.client_secrets import PlainSecret
from registrations.domain.lifecycle import LIVE_STATUSES, SECRET, RegistrationStatus, SecretStatus
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret, Registration
from registrations.workflow.batches import book_each
from registrations.workflow.errors import ReauthenticationNeeded
from registrations.workflow.locking import lock, lock_for_secrets
from registrations.workflow.pkce_ends import revoke_after_leak
from registrations.workflow.transitions import move
from registrations.workflow.verbs import one_transaction, verb

S = SecretStatus
REVEAL_WINDOW = timedelta(days=7)
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
    row = ClientSecret(registration=registration, issued_at=now, issued_by=by)
    made = client_secrets.make(secret_uuid=row.uuid, client_id=client_id)
    row.sealed_secret, row.verifier, row.hint = made.sealed, made.verifier, made.hint
    row.reveal_until = now + REVEAL_WINDOW
    row.save(force_insert=True)
    return row


@verb(
    "secret.reveal",
    lock=lock_for_secrets,
    statuses=HAD_A_CLIENT,
    records_refusals=True,
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
    now = timezone.now()
    row = _secret_of(registration, secret_uuid)
    _refuse_unless_sealed(row, now)
    if registration.status != RegistrationStatus.ACTIVE or registration.client_id is None:
        raise Conflict("The client is suspended, so its secret cannot be revealed.")
    if signed_in_at is None or now - signed_in_at > RECENT_SIGN_IN:
        raise ReauthenticationNeeded("Sign in again to see the secret.")
    sealed = row.sealed_secret or ""
    moved = move(row, SECRET, "reveal", sealed_secret=None, revealed_at=now, revealed_by=by)
    secret = client_secrets.open_sealed(
        sealed, secret_uuid=row.uuid, client_id=registration.client_id, verifier=row.verifier
    )
    events.record(RegistrationEvent.SECRET_REVEALED, by=by, stream=registration.uuid, objects=[moved])
    queue.enqueue("secret_revealed", secret_id=row.pk)
    return Revealed(registration, registration.client_id, secret)


@verb("secret.rotate", lock=lock_for_secrets, statuses={RegistrationStatus.ACTIVE}, records_refusals=False)
def rotate(registration: Registration, *, by: User, grace: str) -> ClientSecret:
    """Issue a new secret. With grace ``now`` the current one stops working at once.

    Raises ``Conflict`` while a secret waits to be revealed: reveal or revoke that one first.
    """
    if grace not in GRACES:
        raise Conflict("Choose how long the old secret keeps working.")
    now = timezone.now()
    moved = [_make_room(row, by=by, now=now) for row in _sealed_or_active(registration)]
    if registration.client_id is None:
        raise Conflict("The client has no client id yet.")
    row = issue(registration, registration.client_id, by=by, now=now)
    events.record(
        RegistrationEvent.SECRET_ROTATED,
        by=by,
        stream=registration.uuid,
        objects=[f"secret:{row.uuid}", *moved],
    )
    return row


@verb("secret.revoke", lock=lock_for_secrets, statuses=LIVE_STATUSES, records_refusals=False)
def revoke(registration: Registration, secret_uuid: UUID, *, by: User, leaked: bool = False) -> ClientSecret:
    """Stop a secret at once, revealed or not. Works while the client is suspended.

    ``leaked`` says that somebody else may know it; the PKCE exception is then revoked as well.
    """
    row, now = _secret_of(registration, secret_uuid), timezone.now()
    if row.status_at(now) not in SECRET.sources("revoke"):
        raise Gone("This secret no longer works.")
    moved = [_stop(row, by=by, now=now)]
    if leaked:
        moved += revoke_after_leak(registration, by=by, now=now)
    events.record(
        RegistrationEvent.SECRET_REVOKED,
        by=by,
        stream=registration.uuid,
        objects=moved,
        detail={"leaked": leaked},
    )
    return row


def revoke_all(registration: Registration, *, by: User, now: datetime) -> list[str]:
    """Revoke all secrets of a client that is being closed; returns the names of what changed."""
    waiting = registration.secrets.filter(status__in=SECRET.sources("revoke"))
    return [_stop(row, by=by, now=now) for row in waiting]


def lapse_due(stopped: Stopped = never) -> int:
    """Record the lapse of every secret that nobody revealed in time: a job of the worker."""
    due = ClientSecret.objects.filter(status=S.SEALED, reveal_until__lte=timezone.now())
    rows = due.order_by("reveal_until").values_list("registration__uuid", "uuid")[:500]
    return book_each(_lapse, rows, stopped)


@one_transaction()
def _lapse(registration_uuid: UUID, secret_uuid: UUID) -> int:
    registration = lock(registration_uuid, statuses=frozenset(RegistrationStatus))
    row, now = _secret_of(registration, secret_uuid), timezone.now()
    if row.status != S.SEALED or row.status_at(now) != S.LAPSED:
        return 0
    moved = move(row, SECRET, "lapse", sealed_secret=None, lapsed_at=now)
    events.record(RegistrationEvent.SECRET_LAPSED, by=None, stream=registration_uuid, objects=[moved])
    queue.enqueue("secret_lapsed", secret_id=row.pk)
    return 1


def _secret_of(registration: Registration, secret_uuid: UUID) -> ClientSecret:
    row = ClientSecret.objects.filter(registration=registration, uuid=secret_uuid).first()
    if row is None:
        raise NotFound
    return row


def _sealed_or_active(registration: Registration) -> list[ClientSecret]:
    return list(registration.secrets.filter(status__in=[S.SEALED, S.ACTIVE]))


def _make_room(row: ClientSecret, *, by: User, now: datetime) -> str:
    if row.status_at(now) is S.SEALED:
        raise Conflict("A secret is waiting to be revealed. Reveal or revoke that one first.")
    return _stop(row, by=by, now=now)


def _stop(row: ClientSecret, *, by: User, now: datetime) -> str:
    """Stop the secret by the move that fits its status now: one that lapsed or expired is not revoked."""
    status = row.status_at(now)
    if status is S.LAPSED:
        return move(row, SECRET, "lapse", sealed_secret=None, lapsed_at=now)
    if status is S.EXPIRED:
        return move(row, SECRET, "expire")
    return move(row, SECRET, "revoke", sealed_secret=None, expires_at=None, revoked_at=now, revoked_by=by)


_GONE: dict[SecretStatus, str] = {
    S.ACTIVE: "This secret was already revealed, and it is shown only once.",
    S.RETIRING: "This secret was already revealed, and it is shown only once.",
    S.EXPIRED: "This secret was already revealed, and it is shown only once.",
    S.LAPSED: "Nobody revealed this secret in time, so it was destroyed.",
    S.REVOKED: "This secret was revoked.",
}


def _refuse_unless_sealed(row: ClientSecret, now: datetime) -> None:
    status = row.status_at(now)
    if status is not S.SEALED:
        is_closed = row.registration.status == RegistrationStatus.CLOSED
        go_on = "The client is closed." if is_closed else "If you do not have it, issue a new one."
        raise Gone(
            f"{_GONE[status]} {go_on}",
            way_out=(f"/registrations/{row.registration.uuid}/credentials/", "Go to the credentials"),
        )
