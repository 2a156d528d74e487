"""Verbs about client secrets: reveal, rotate, revoke, lapse, expire, void after a restore or for a key.

Time is judged when a row is read, so each verb first records what time has done since; the jobs of the
worker record it where no verb is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, Gone
from registrations import client_secrets
from registrations.client_secrets import PlainSecret
from registrations.domain.lifecycle import (
    LIVE_STATUSES,
    SECRET,
    USABLE_SECRETS,
    RegistrationStatus,
    SecretStatus,
)
from registrations.domain.rotation import GRACES, NOW, next_reminder
from registrations.events import RegistrationEvent
from registrations.models import ClientSecret, Registration
from registrations.models.secret import REVEAL_WINDOW
from registrations.rules.findings import Finding, Severity
from registrations.workflow import feed
from registrations.workflow.desk import checked_text, require_text
from registrations.workflow.due_rows import BATCH, run_for_each
from registrations.workflow.locking import lock, lock_for_secrets, lock_to_suspend, read
from registrations.workflow.marks import book_marks
from registrations.workflow.pkce import revoke_after_leak
from registrations.workflow.refusals import RulesBroken, SecretGone, to_credentials
from registrations.workflow.transitions import move
from registrations.workflow.verbs import verb
from registrations.workflow.webhooks import SECRET_CHANGED

S = SecretStatus
HAD_A_CLIENT = LIVE_STATUSES | {RegistrationStatus.CLOSED}
"""Closed registrations are among these, so that revealing one of their secrets answers that it is gone
(410), though none of them can be revealed."""
_WAITS = "A secret is waiting to be revealed. Reveal or revoke that one first."
_STILL_RETIRING = (
    "An older secret still works beside the current one, and only one can. Wait until it ends, revoke it, or "
    "choose to stop the old secrets now."
)


@dataclass(frozen=True)
class Revocation:
    """Who revokes a secret, and what the organisation reads about it."""

    by: User
    reason: str = ""
    leaked: bool = False
    at_desk: bool = False


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
    require_recent_sign_in(signed_in_at)
    sealed = secret.sealed_secret or ""
    moved = [move(secret, SECRET, "reveal", sealed_secret=None, revealed_at=now, revealed_by=by)]
    in_clear = client_secrets.open_sealed(
        sealed, secret_uuid=secret.uuid, client_id=registration.client_id, verifier=secret.verifier
    )
    moved += _follow_successor(registration, now=now)
    feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_REVEALED, by=by, stream=registration.uuid, objects=moved)
    queue.enqueue("secret_revealed", secret_id=secret.pk)
    return Revealed(registration, registration.client_id, in_clear)


@verb(lock=lock_for_secrets, statuses={RegistrationStatus.ACTIVE})
def rotate(
    registration: Registration, *, by: User, grace: str, signed_in_at: datetime | None
) -> ClientSecret:
    """Issue a new secret. With the grace ``now`` the old ones stop at once; with another one the old one
    works until that is over, counted from the reveal of the new one.

    ``signed_in_at`` is when the person last proved who they are. Raises ``ReauthenticationNeeded``, and
    ``Conflict`` while a secret waits to be revealed, or where two old secrets would work side by side.
    """
    if grace not in GRACES:
        raise Conflict("Choose how long the old secret keeps working.")
    now = timezone.now()
    booked = _book_time(registration, now)
    usable = {secret.status: secret for secret in registration.secrets.revocable()}
    if S.SEALED in usable:
        raise Conflict(_WAITS, way_out=to_credentials(registration.uuid))
    if grace != NOW and S.ACTIVE in usable and S.RETIRING in usable:
        raise Conflict(_STILL_RETIRING, way_out=to_credentials(registration.uuid))
    require_recent_sign_in(signed_in_at)
    if grace == NOW:
        moved = [_revoke(secret, Revocation(by), now=now) for secret in usable.values()]
    else:
        active = [secret for status, secret in usable.items() if status == S.ACTIVE]
        moved = [_retire(secret, grace, now=now) for secret in active]
    secret = issue(registration, _client_id(registration), by=by, now=now)
    if moved or booked:
        feed.mark(registration, SECRET_CHANGED)
    events.record(
        RegistrationEvent.SECRET_ROTATED,
        by=by,
        stream=registration.uuid,
        objects=_each_once([secret.audit_name, *moved, *booked]),
        detail={"grace": grace},
    )
    queue.enqueue("secret_issued", secret_id=secret.pk, grace=grace if moved else "")
    return secret


@verb(lock=lock_for_secrets, statuses=LIVE_STATUSES)
def revoke(
    registration: Registration,
    secret_uuid: UUID,
    *,
    by: User,
    reason: str = "",
    leaked: bool = False,
    confirmed: str = "",
) -> ClientSecret:
    """Stop a secret at once, revealed or not. Works while the client is suspended.

    ``leaked`` says that somebody else may know it; the PKCE exception is then revoked as well. Where no other
    secret works, ``confirmed`` has to be the client's name, else this raises ``RulesBroken``. Raises ``Gone``
    for a secret that is stopped already.
    """
    now = timezone.now()
    booked = _book_time(registration, now)
    secret = _to_revoke(registration, secret_uuid)
    if _is_last_working(registration, secret) and confirmed.strip() != _name_of(registration):
        raise RulesBroken([Finding("form", Severity.REJECT, "confirmed", "Enter the name of the client.")])
    revocation = Revocation(by, checked_text(reason), leaked)
    moved = _stop(secret, revocation, now=now)
    _record_revoked(RegistrationEvent.SECRET_REVOKED, secret, [*moved, *booked])
    return secret


@verb(lock=lock_for_secrets, statuses=LIVE_STATUSES)
def replace_leaked(
    registration: Registration, secret_uuid: UUID, *, by: User, reason: str = ""
) -> ClientSecret | None:
    """Stop a secret that somebody else may know, and issue a new one; the PKCE exception is revoked as well.

    The other secrets stay as they are. Returns None where nothing is issued: while the client is suspended,
    and where another secret is active or waits to be revealed. Raises ``Gone`` for a secret that is stopped
    already. It asks for no proof and no name: stopping harm is not held up.
    """
    now = timezone.now()
    booked = _book_time(registration, now)
    secret = _to_revoke(registration, secret_uuid)
    moved = [*_stop(secret, Revocation(by, checked_text(reason), leaked=True), now=now), *booked]
    others = registration.secrets.filter(status__in=[S.SEALED, S.ACTIVE])
    if registration.status != RegistrationStatus.ACTIVE or others.exists():
        _record_revoked(RegistrationEvent.SECRET_REVOKED, secret, moved)
        return None
    issued = issue(registration, _client_id(registration), by=by, now=now)
    _record_revoked(RegistrationEvent.SECRET_REPLACED, secret, [issued.audit_name, *moved])
    return issued


@verb(
    lock=lock_to_suspend,
    statuses=LIVE_STATUSES,
    refused=RegistrationEvent.SECRET_REVOKE,
    about="secret:{secret_uuid}",
)
def revoke_at_desk(
    registration: Registration, secret_uuid: UUID, *, by: User, reason: str, leaked: bool = False
) -> ClientSecret:
    """Stop a secret at once, as staff, with a reason that the partner reads. Staff never see a secret.

    ``leaked`` is as in :func:`revoke`. Raises ``Conflict`` without a reason, ``Gone`` for a secret that is
    stopped already, and ``NotAllowed`` for everyone who may not suspend the client.
    """
    now = timezone.now()
    booked = _book_time(registration, now)
    secret = _to_revoke(registration, secret_uuid)
    reason = require_text(reason, "Say why. The partner reads it.")
    moved = _stop(secret, Revocation(by, reason, leaked, at_desk=True), now=now)
    _record_revoked(RegistrationEvent.SECRET_REVOKED_AT_DESK, secret, [*moved, *booked])
    return secret


def revoke_all(registration: Registration, *, by: User, at_desk: bool, now: datetime) -> list[str]:
    """Revoke all secrets of a client that is being closed; returns the names of what changed."""
    moved = _book_time(registration, now)
    revocation = Revocation(by, at_desk=at_desk)
    moved += [_revoke(secret, revocation, now=now) for secret in registration.secrets.revocable()]
    return _each_once(moved)


# --- What time does ------------------------------------------------------------------------


def lapse_due(stopped: Stopped = never) -> int:
    """Record the lapse of every secret that nobody revealed in time: a job of the worker."""
    due = ClientSecret.objects.sealed().filter(reveal_until__lte=timezone.now())
    rows = due.order_by("reveal_until").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _lapse, stopped)


def _lapse(registration: Registration, secret_uuid: UUID) -> bool:
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.status != S.SEALED or secret.status_at(now) != S.LAPSED:
        return False
    moved = _book_lapse(secret, now=now)
    if len(moved) > 1:
        feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_LAPSED, by=None, stream=registration.uuid, objects=moved)
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
    moved = _book_lapse(secret, now=now)
    if len(moved) > 1:
        feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_VOIDED, by=None, stream=registration.uuid, objects=moved)
    queue.enqueue("secret_voided", secret_id=secret.pk)


def expire_due(stopped: Stopped = never) -> int:
    """Record the end of every old secret whose grace is over: a job of the worker."""
    due = ClientSecret.objects.filter(status=S.RETIRING, expires_at__lte=timezone.now())
    rows = due.order_by("expires_at", "pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _expire, stopped)


def _expire(registration: Registration, secret_uuid: UUID) -> bool:
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.status != S.RETIRING or secret.status_at(now) != S.EXPIRED:
        return False
    moved = _book_expiry(secret)
    feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_EXPIRED, by=None, stream=registration.uuid, objects=[moved])
    return True


def settle_due(stopped: Stopped = never) -> int:
    """Let old secrets follow a successor that the release before this one moved alone: a job of the worker.

    While both releases serve, such an old secret would work for ever, or never be in use again.
    """
    rows = ClientSecret.objects.left_behind().order_by("pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _settle, stopped)


def _settle(registration: Registration, secret_uuid: UUID) -> bool:
    moved = _follow_successor(registration, now=timezone.now())
    if not moved:
        return False
    feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_SETTLED, by=None, stream=registration.uuid, objects=moved)
    return True


def remind_due(stopped: Stopped = never) -> int:
    """Remind partners of old secrets that end soon: a job of the worker.

    A reminder that falls due while no worker runs goes out late; two that are due go out as one.
    """
    due = ClientSecret.objects.filter(status=S.RETIRING, remind_at__lte=timezone.now())
    rows = due.order_by("remind_at", "pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows[:BATCH], _remind, stopped)


def _remind(registration: Registration, secret_uuid: UUID) -> bool:
    secret, now = read(registration.secrets, uuid=secret_uuid), timezone.now()
    if secret.remind_at is None or secret.remind_at > now or secret.status_at(now) != S.RETIRING:
        return False
    secret.remind_at = (
        next_reminder(secret.expires_at, secret.grace, after=now) if secret.expires_at else None
    )
    secret.save(update_fields=["remind_at"])
    events.record(
        RegistrationEvent.SECRET_REMINDED, by=None, stream=registration.uuid, objects=[secret.audit_name]
    )
    queue.enqueue("secret_ending", secret_id=secret.pk)
    return True


def _book_time(registration: Registration, now: datetime) -> list[str]:
    """Record, as part of a verb, what time has done to the secrets; returns the names of what changed.

    A lapse has no email of its own then: the verb's describes the new situation.
    """
    moved = _follow_successor(registration, now=now)
    for secret in registration.secrets.filter(status__in=[S.SEALED, S.RETIRING]):
        status = secret.status_at(now)
        if status is S.LAPSED:
            moved += _book_lapse(secret, now=now)
        elif status is S.EXPIRED:
            moved.append(_book_expiry(secret))
    return moved


def _book_lapse(secret: ClientSecret, *, now: datetime) -> list[str]:
    moved = move(secret, SECRET, "lapse", sealed_secret=None, lapsed_at=now)
    return [moved, *_follow_successor(secret.registration, now=now)]


def _book_expiry(secret: ClientSecret) -> str:
    """Record the end of an old secret, and let people know, since no other email says it."""
    queue.enqueue("secret_expired", secret_id=secret.pk)
    return move(secret, SECRET, "expire", remind_at=None)


# --- The moves -----------------------------------------------------------------------------


def _retire(secret: ClientSecret, grace: str, *, now: datetime) -> str:
    """Let the secret wait for its successor, which is issued now."""
    return move(secret, SECRET, "retire", grace=grace, successor_until=now + REVEAL_WINDOW)


def _follow_successor(registration: Registration, *, now: datetime) -> list[str]:
    """Set the end of an old secret whose successor is revealed; where that ended unrevealed, make the old
    one active again. Returns the names of what changed."""
    moved = []
    for old in registration.secrets.left_behind():
        if end := old.end_after(registration.secrets.all()):
            old.successor_until, old.expires_at = None, end
            old.remind_at = next_reminder(end, old.grace, after=now)
            old.save(update_fields=["successor_until", "expires_at", "remind_at"])
            moved.append(old.audit_name)
        else:
            moved.append(move(old, SECRET, "restore", grace="", successor_until=None))
    return moved


def _revoke(secret: ClientSecret, revocation: Revocation, *, now: datetime) -> str:
    return move(
        secret,
        SECRET,
        "revoke",
        sealed_secret=None,
        expires_at=None,
        successor_until=None,
        remind_at=None,
        revoked_at=now,
        revoked_by=revocation.by,
        revoke_reason=revocation.reason,
        leaked=revocation.leaked,
        revoked_at_desk=revocation.at_desk,
    )


def _stop(secret: ClientSecret, revocation: Revocation, *, now: datetime) -> list[str]:
    """Revoke the secret with what follows from it; returns the names of what changed."""
    was_sealed = secret.status == S.SEALED
    moved = [_revoke(secret, revocation, now=now)]
    if was_sealed:
        moved += _follow_successor(secret.registration, now=now)
    if revocation.leaked:
        moved += revoke_after_leak(secret.registration, by=revocation.by, now=now)
    return moved


def _record_revoked(event: RegistrationEvent, secret: ClientSecret, moved: list[str]) -> None:
    registration = secret.registration
    detail = {"leaked": secret.leaked}
    objects = _each_once(moved)
    is_replaced = event is RegistrationEvent.SECRET_REPLACED
    if secret.revealed_at or len(moved) > 1 + is_replaced:  # no server knows a sealed secret
        feed.mark(registration, SECRET_CHANGED)
    events.record(event, by=secret.revoked_by, stream=registration.uuid, objects=objects, detail=detail)
    queue.enqueue("secret_revoked", secret_id=secret.pk)
    if secret.leaked:
        book_marks(registration)


def _each_once(names: list[str]) -> list[str]:
    """The names without repetitions, for an event: what time did to a secret, a verb may change again."""
    return list(dict.fromkeys(names))


# --- What the verbs ask for ----------------------------------------------------------------


def _to_revoke(registration: Registration, secret_uuid: UUID) -> ClientSecret:
    """The secret, after :func:`_book_time`; raises ``Gone`` where it is stopped already."""
    secret = read(registration.secrets, uuid=secret_uuid)
    if secret.status not in SECRET.sources("revoke"):
        raise Gone("This secret no longer works.")
    return secret


def _is_last_working(registration: Registration, secret: ClientSecret) -> bool:
    others = registration.secrets.filter(status__in=USABLE_SECRETS).exclude(pk=secret.pk)
    return secret.status in USABLE_SECRETS and not others.exists()


def _name_of(registration: Registration) -> str:
    return registration.revisions.live().get().client_name


def _client_id(registration: Registration) -> UUID:
    if registration.client_id is None:
        raise Conflict("The client has no client id yet.")
    return registration.client_id


# --- When a sealing key has leaked or is lost ----------------------------------------------


def void_for_key() -> tuple[int, int]:
    """Destroy every secret that waits to be revealed, because its sealing key has leaked or is lost.

    Each goes in a transaction of its own, because partners work meanwhile. Returns how many were destroyed,
    and how many are left because their rows could not be changed.
    """
    due = ClientSecret.objects.sealed().filter(issued_at__lte=timezone.now())
    rows = due.order_by("pk").values_list("registration__uuid", "uuid")
    return run_for_each(rows, _void_for_key, never), due.count()


def _void_for_key(registration: Registration, secret_uuid: UUID) -> bool:
    secret = read(registration.secrets, uuid=secret_uuid)
    if secret.status != S.SEALED:
        return False
    moved = _book_lapse(secret, now=timezone.now())
    if len(moved) > 1:
        feed.mark(registration, SECRET_CHANGED)
    events.record(RegistrationEvent.SECRET_VOIDED_FOR_KEY, by=None, stream=registration.uuid, objects=moved)
    queue.enqueue("secret_voided", secret_id=secret.pk, why="key")
    return True
