"""Lock a registration for one verb, and check that the person may do it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Manager, Model, QuerySet

from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import Registration

ASK_A_DEVELOPER = "Ask a developer or an admin of your organisation to do this."
Row = TypeVar("Row", bound=Model)
Check = Callable[[User, Registration], None]
"""Raises the refusal that the person gets, where they may not do it."""


def lock(uuid: UUID, *, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock the registration for this transaction and read it.

    The conditional UPDATE serialises verbs on both databases: row locks do nothing on SQLite. Raises
    ``NotFound``, or ``Conflict`` where its status is not one of ``statuses``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A registration is locked inside the verb's transaction.")
    mine = Registration.objects.filter(uuid=uuid, status__in=sorted(statuses))
    if not mine.update(version=F("version") + 1):
        status = Registration.objects.filter(uuid=uuid).values_list("status", flat=True).first()
        raise Conflict(f"This registration is {status}.") if status else NotFound
    rows = Registration.objects.select_related("organisation")
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    return rows.get(uuid=uuid)


def lock_for_partner(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for a member whose role allows editing.

    Raises ``NotFound`` for a stranger, whatever the status, and ``NotAllowed`` for a viewer.
    """
    return _lock_if(_needs_role(permissions.can_edit), uuid, by, statuses)


def lock_for_secrets(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for a member who may handle secrets; otherwise like :func:`lock_for_partner`."""
    return _lock_if(_needs_role(permissions.can_handle_secrets), uuid, by, statuses)


def lock_for_reviewer(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for a reviewer. Raises ``NotAllowed`` for everyone else."""
    return _lock_if(_needs_right(permissions.can_review), uuid, by, statuses)


def lock_for_desk(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for any reviewer or lead; the verb checks the rest.

    Raises ``NotAllowed`` for everyone else.
    """
    return _lock_if(_needs_right(_reviews_or_reassigns), uuid, by, statuses)


def lock_to_suspend(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for staff who suspend or close a client.

    Raises ``NotAllowed`` for everyone else, and ``NotFound`` for a registration that was never submitted:
    only its partner sees that one.
    """
    registration = _lock_if(_needs_right(permissions.can_suspend), uuid, by, statuses)
    if registration.revision_count == 0:
        raise NotFound
    return registration


def lock_for_pkce(uuid: UUID, *, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it for a PKCE approver. Raises ``NotAllowed`` for everyone else."""
    return _lock_if(_needs_right(permissions.can_decide_pkce), uuid, by, statuses)


def require_role(by: User, organisation_id: int, allows: Callable[[str | None], bool]) -> None:
    """Raise ``NotFound`` for a stranger, and ``NotAllowed`` for a member whose role does not allow it."""
    role = permissions.role_in(by, organisation_id)
    if not permissions.can_view(role):
        raise NotFound
    if not allows(role):
        raise NotAllowed(ASK_A_DEVELOPER)


def read(rows: Manager[Row] | QuerySet[Row], **which: object) -> Row:
    """Read a row of the locked registration; raises ``NotFound`` where there is none.

    A row that was read before the lock may have changed since.
    """
    row = rows.filter(**which).first()
    if row is None:
        raise NotFound
    return row


def _lock_if(check: Check, uuid: UUID, by: User, statuses: Collection[RegistrationStatus]) -> Registration:
    """Lock it if ``check`` allows it. Somebody who may not do it gets that refusal, and learns nothing
    about the status of the registration."""
    try:
        registration = lock(uuid, statuses=statuses)
    except Conflict:
        check(by, Registration.objects.get(uuid=uuid))
        raise
    check(by, registration)
    return registration


def _needs_role(allows: Callable[[str | None], bool]) -> Check:
    def check(by: User, registration: Registration) -> None:
        require_role(by, registration.organisation_id, allows)

    return check


def _needs_right(allows: Callable[[User, Registration], bool]) -> Check:
    def check(by: User, registration: Registration) -> None:
        if not allows(by, registration):
            raise NotAllowed(permissions.why_not(by, registration))

    return check


def _reviews_or_reassigns(user: User, _: Registration) -> bool:
    return permissions.may_review(user) or permissions.may_reassign(user)
