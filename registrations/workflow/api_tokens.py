"""Verbs about the tokens of authorization servers: create, revoke, and book when they were used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import api_tokens, permissions
from registrations.domain.api_rights import Right
from registrations.events import RegistrationEvent
from registrations.models import ApiToken
from registrations.models.api_token import COLUMNS, ENDS_SHORTLY, LONGEST_NAME, SLOTS
from registrations.rules.vocabulary import Environment
from registrations.workflow.due_rows import run_each
from registrations.workflow.verbs import one_transaction

DEFAULT_DAYS: Final = 365
MOST_DAYS: Final = 400
_ONLY_LEADS: Final = "Only leads create and revoke API tokens."


def create(
    server: str,
    *,
    by: User | None,
    signed_in_at: datetime | None,
    environment: str,
    rights: Collection[Right],
    days: int = DEFAULT_DAYS,
) -> tuple[ApiToken, str]:
    """Create a token for a server. Returns its row, and the token in clear, which is stored nowhere.

    ``by`` is None for the command, which whoever runs it on the machine may use. Raises ``NotAllowed``,
    ``ReauthenticationNeeded``, and ``Conflict`` where something is missing, two tokens of the server work
    already, or somebody creates one at the same time.
    """
    _require_lead(by)
    server = _checked(server, environment, rights, days)
    if by is not None:
        require_recent_sign_in(signed_in_at)
    now, made = timezone.now(), api_tokens.make()
    with one_transaction():
        token = ApiToken(
            server=server,
            environment=environment,
            **{column: right in rights for right, column in COLUMNS.items()},
            slot=_free_slot(server, environment, now=now),
            hint=made.hint,
            keyed_hash=made.keyed_hash,
            created_at=now,
            created_by=by,
            expires_at=now + timedelta(days=days),
        )
        _insert(token)
        events.record(
            RegistrationEvent.TOKEN_CREATED,
            by=by,
            stream=token.uuid,
            objects=[token.audit_name],
            detail={
                "environment": environment,
                "rights": [str(right) for right in token.rights],
                "expires_at": token.expires_at.isoformat(),
            },
        )
    return token, made.text


def revoke(token_uuid: UUID, *, by: User | None) -> ApiToken:
    """Stop a token at once. Raises ``NotAllowed``, ``NotFound``, and ``Conflict`` where it is revoked."""
    _require_lead(by)
    with one_transaction():
        token = ApiToken.objects.select_for_update(of=("self",)).filter(uuid=token_uuid).first()
        if token is None:
            raise NotFound
        if token.revoked_at:
            raise Conflict("This token is revoked already.")
        token.slot, token.revoked_at, token.revoked_by = None, timezone.now(), by
        token.save(update_fields=["slot", "revoked_at", "revoked_by"])
        events.record(RegistrationEvent.TOKEN_REVOKED, by=by, stream=token.uuid, objects=[token.audit_name])
    return token


def remind_due(stopped: Stopped = never) -> int:
    """Tell leads of tokens that end soon, once then and once shortly before the end: a job of the worker.

    Returns how many were due.
    """
    now = timezone.now()
    is_last = Q(expires_at__lte=now + ENDS_SHORTLY, reminded_at__lt=F("expires_at") - ENDS_SHORTLY)
    due = ApiToken.objects.ending(now).filter(is_last | Q(reminded_at__isnull=True))

    def remind(uuid: UUID) -> bool:
        token = due.select_for_update(of=("self",)).filter(uuid=uuid).first()
        if token is None:
            return False
        token.reminded_at = now
        token.save(update_fields=["reminded_at"])
        events.record(
            RegistrationEvent.TOKEN_REMINDED, by=None, stream=token.uuid, objects=[token.audit_name]
        )
        queue.enqueue("token_ending", token_id=token.pk)
        return True

    return run_each(due.values_list("uuid", flat=True), remind, stopped, name=lambda uuid: uuid)


def book_uses(uses: Mapping[int, datetime]) -> None:
    """Store when each token was last used, unless a later use is stored already."""
    for pk, moment in sorted(uses.items()):
        earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lt=moment)
        ApiToken.objects.filter(earlier, pk=pk).update(last_used_at=moment)


def _require_lead(by: User | None) -> None:
    if by is not None and not permissions.may_manage_tokens(by):
        raise NotAllowed(_ONLY_LEADS)


def _checked(server: str, environment: str, rights: Collection[Right], days: int) -> str:
    """The name of the server. Raises ``Conflict`` for a token that could not be used."""
    name = " ".join(server.split())
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise Conflict(f"Name the server, in at most {LONGEST_NAME} characters.")
    if environment not in set(Environment):
        raise Conflict("Choose staging or production.")
    if not rights:
        raise Conflict("Choose at least one right.")
    if Right.VERIFIERS in rights and Right.READ not in rights:
        raise Conflict("The right to read verifiers goes with the right to read clients. Choose both.")
    if not 0 < days <= MOST_DAYS:
        raise Conflict(f"A token works for at most {MOST_DAYS} days.")
    return name


def _insert(token: ApiToken) -> None:
    """Store it. Raises ``Conflict`` where somebody has taken the slot at the same time."""
    try:
        token.save(force_insert=True)
    except IntegrityError:
        raise Conflict("Somebody created a token of this server at the same time. Look for it.") from None


def _free_slot(server: str, environment: str, *, now: datetime) -> int:
    """A free slot of the server; one that has expired makes room. Raises ``Conflict`` where two work."""
    own = ApiToken.objects.filter(server=server, environment=environment, slot__isnull=False)
    own.filter(expires_at__lte=now).update(slot=None)
    taken = set(own.values_list("slot", flat=True))
    free = [slot for slot in SLOTS if slot not in taken]
    if not free:
        raise Conflict("Two tokens of this server work already. Revoke one of them first.")
    return free[0]
