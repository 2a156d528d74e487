"""Verbs of superusers that erase somebody else: one asks, and a second one confirms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.accounts.erasing import erase_locked
from portal.accounts.events import AccountEvent
from portal.accounts.four_eyes import PAGE, is_superuser, require_superuser
from portal.accounts.models import ErasureRequest, StaffRequestStatus, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotAllowed, NotFound

OWN = "Delete your own account on your account page, or ask two colleagues."


@transaction.atomic
def ask(person: User, *, by: User, signed_in_at: datetime | None) -> ErasureRequest:
    """Ask a second superuser to confirm that the person is erased.

    Raises NotAllowed for everybody but a superuser and for oneself, ReauthenticationNeeded, and Conflict for
    an account that is deleted and for one for which somebody asked already.
    """
    require_superuser(by)
    require_recent_sign_in(signed_in_at)
    whom = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if whom.pk == by.pk:
        raise NotAllowed(OWN, way_out=PAGE)
    if whom.is_erased:
        raise Conflict("This account is deleted.", way_out=PAGE)
    if ErasureRequest.objects.filter(person=whom, status=StaffRequestStatus.OPEN).exists():
        raise Conflict("This waits for a second person already.", way_out=PAGE)
    asked = ErasureRequest.objects.create(person=whom, requested_by=by)
    _record(AccountEvent.STAFF_REQUESTED, asked, by=by)
    enqueue("erasure_request", request=asked.pk)
    return asked


@transaction.atomic
def confirm(request_uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
    """Erase the person; they and the superusers get an email.

    Raises NotAllowed for everybody but a superuser, for whoever asked and for the person, NotFound,
    ReauthenticationNeeded, and Conflict where it was confirmed or withdrawn or is not possible any more.
    """
    require_superuser(by)
    asked = _found(request_uuid)
    if by.pk in (asked.requested_by_id, asked.person_id):
        raise NotAllowed("Somebody else has to confirm this.", way_out=PAGE)
    require_recent_sign_in(signed_in_at)
    if not is_superuser(asked.requested_by):
        raise Conflict("Whoever asked for this is no superuser any more. Withdraw it.", way_out=PAGE)
    person = User.objects.select_for_update(of=("self",)).get(pk=asked.person_id)
    _end(asked, StaffRequestStatus.CONFIRMED, confirmed_by=by)
    if not person.is_erased:
        erase_locked(person, AccountEvent.PERSON_ERASED, by=by)
    _record(AccountEvent.STAFF_REQUEST_CONFIRMED, asked, by=by)
    enqueue("erasure_confirmed", request=asked.pk)


@transaction.atomic
def withdraw(request_uuid: UUID, *, by: User) -> None:
    """Withdraw what was asked for; every superuser may. Raises as :func:`confirm` does."""
    require_superuser(by)
    asked = _found(request_uuid)
    _end(asked, StaffRequestStatus.WITHDRAWN)
    _record(AccountEvent.STAFF_REQUEST_WITHDRAWN, asked, by=by)


def _found(request_uuid: UUID) -> ErasureRequest:
    rows = ErasureRequest.objects.select_related("person", "requested_by")
    asked = rows.filter(uuid=request_uuid).first()
    if asked is None:
        raise NotFound
    return asked


def _end(asked: ErasureRequest, status: StaffRequestStatus, **columns: User) -> None:
    still_open = ErasureRequest.objects.filter(pk=asked.pk, status=StaffRequestStatus.OPEN)
    if not still_open.update(status=status, ended_at=timezone.now(), **columns):
        raise Conflict("This was confirmed or withdrawn already.", way_out=PAGE)


def _record(event: AccountEvent, asked: ErasureRequest, *, by: User) -> None:
    objects = [f"erasure_request:{asked.uuid}"]
    record(event, by=by, stream=asked.person.pseudonym, objects=objects, detail={"kind": "erasure"})
