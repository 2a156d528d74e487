"""The first statement of every verb: claim the registration, then look at it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from portal.accounts.models import User
from portal.audit import events
from portal.refusals import Conflict, NotAllowed, NotFound, Refusal
from portal.sealing import SealingKeyProblem
from registrations import permissions
from registrations.models import Registration
from registrations.rules.lifecycle import RegistrationStatus


def claim(uuid: UUID, *, statuses: Collection[RegistrationStatus]) -> Registration:
    """Make this transaction the only one that works on the registration, and read it.

    The conditional UPDATE serialises verbs on both databases: row locks do nothing on SQLite.
    Raises ``NotFound``, or ``Conflict`` where its status is none of ``statuses``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A registration is claimed inside the verb's transaction.")
    mine = Registration.objects.filter(uuid=uuid, status__in=sorted(statuses))
    if not mine.update(version=F("version") + 1):
        raise _why_not(uuid)
    rows = Registration.objects.select_related("organisation")
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    return rows.get(uuid=uuid)


def claim_as_partner(
    uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus], secrets: bool = False
) -> Registration:
    """Claim for a member whose role allows the verb.

    Raises ``NotFound`` for a stranger, whatever the status, and ``NotAllowed`` for a viewer.
    """
    try:
        registration = claim(uuid, statuses=statuses)
    except Conflict:
        _check_role(by, Registration.objects.get(uuid=uuid), secrets=secrets)
        raise
    _check_role(by, registration, secrets=secrets)
    return registration


def _check_role(by: User, registration: Registration, *, secrets: bool) -> None:
    role = permissions.role_in(by, registration.organisation_id)
    if not permissions.can_view(role):
        raise NotFound
    allowed = permissions.can_handle_secrets if secrets else permissions.can_edit
    if not allowed(role):
        raise NotAllowed("Ask a developer or an admin of your organisation to do this.")


def _why_not(uuid: UUID) -> Refusal:
    status = Registration.objects.filter(uuid=uuid).values_list("status", flat=True).first()
    if status is None:
        return NotFound()
    return Conflict(f"This registration is {status}.")


@contextmanager
def attempt(verb: str, *, by: User, stream: UUID, objects: Sequence[str] = ()) -> Iterator[None]:
    """The transaction of a verb whose refused and failed tries leave an event as well."""
    try:
        with transaction.atomic(durable=True):
            yield
    except NotFound:
        if Registration.objects.filter(uuid=stream).exists():
            _record(verb, by, stream, objects, outcome="refused", why="not_found")
        raise
    except Refusal as refusal:
        _record(verb, by, stream, objects, outcome="refused", why=type(refusal).__name__)
        raise
    except SealingKeyProblem as problem:
        _record(verb, by, stream, objects, outcome="failed", why=type(problem).__name__)
        raise


def _record(verb: str, by: User, stream: UUID, objects: Sequence[str], *, outcome: str, why: str) -> None:
    events.record_refusal(verb, by=by, stream=stream, outcome=outcome, objects=objects, detail={"why": why})
