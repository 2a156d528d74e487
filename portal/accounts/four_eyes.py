"""Verbs of superusers that take two of them: one asks, and a second one confirms.

They invite an admin into an organisation that has none left, and make colleagues superusers. Alone, nobody on
the staff can get into an organisation, or get a colleague the rights to do so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from portal.accounts.events import AccountEvent
from portal.accounts.invitations import send_invitation
from portal.accounts.models import (
    Organisation,
    Role,
    StaffRequest,
    StaffRequestKind,
    StaffRequestStatus,
    User,
)
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotAllowed, NotFound

_PAGE: Final = ("/admin/accounts/staffrequest/", "Back to what waits for a second person")
NO_MEMBER: Final = "A member of an organisation cannot be Pleo staff. They leave it first."


@transaction.atomic
def ask_for_admin(
    organisation: Organisation, address: str, *, by: User, signed_in_at: datetime | None
) -> StaffRequest:
    """Ask a second superuser to confirm that an admin is invited into the organisation.

    Raises NotAllowed for everybody but a superuser, ReauthenticationNeeded, and Conflict where the
    organisation has an admin or somebody asked already.
    """
    _require_superuser(by)
    require_recent_sign_in(signed_in_at)
    _require_no_admin(organisation)
    if _open(kind=StaffRequestKind.ADMIN, organisation=organisation):
        raise Conflict("This waits for a second person already.", way_out=_PAGE)
    asked = StaffRequest.objects.create(
        kind=StaffRequestKind.ADMIN,
        organisation=organisation,
        address=address.strip().lower(),
        requested_by=by,
    )
    return _announce(asked, by=by)


@transaction.atomic
def ask_for_superuser(person: User, *, by: User, signed_in_at: datetime | None) -> StaffRequest:
    """Ask a second superuser to confirm that the person becomes one.

    Raises NotAllowed for everybody but a superuser, ReauthenticationNeeded, and Conflict for somebody who
    is no active member of staff, or a superuser already, or for whom somebody asked.
    """
    _require_superuser(by)
    require_recent_sign_in(signed_in_at)
    _require_eligible(User.objects.select_for_update(of=("self",)).get(pk=person.pk))
    if is_asked_for(person):
        raise Conflict("This waits for a second person already.", way_out=_PAGE)
    asked = StaffRequest.objects.create(kind=StaffRequestKind.SUPERUSER, person=person, requested_by=by)
    return _announce(asked, by=by)


@transaction.atomic
def confirm(request_uuid: UUID, *, by: User, signed_in_at: datetime | None) -> None:
    """Do what was asked for.

    Raises NotAllowed for everybody but a superuser and for whoever asked, ReauthenticationNeeded, NotFound,
    and Conflict where it was confirmed or withdrawn or is not possible any more.
    """
    _require_superuser(by)
    asked = _found(request_uuid)
    if asked.requested_by_id == by.pk:
        raise NotAllowed("You asked for this yourself. Somebody else has to confirm it.", way_out=_PAGE)
    require_recent_sign_in(signed_in_at)
    if not is_superuser(asked.requested_by):
        raise Conflict("Whoever asked for this is no superuser any more. Withdraw it.", way_out=_PAGE)
    _end(asked, StaffRequestStatus.CONFIRMED, confirmed_by=by)
    if asked.organisation:
        _require_no_admin(asked.organisation)
        asked.organisation.invitations.filter(address=asked.address).revoke()
        send_invitation(asked.organisation, asked.address, Role.ADMIN, by=by, from_staff=True)
    elif asked.person_id:
        _make_superuser(asked.person_id, by=by)
    _record(AccountEvent.STAFF_REQUEST_CONFIRMED, asked, by=by)
    enqueue("staff_request_confirmed", request=asked.pk)


@transaction.atomic
def withdraw(request_uuid: UUID, *, by: User) -> None:
    """Withdraw what was asked for; every superuser may. Raises as :func:`confirm` does."""
    _require_superuser(by)
    asked = _found(request_uuid)
    _end(asked, StaffRequestStatus.WITHDRAWN)
    _record(AccountEvent.STAFF_REQUEST_WITHDRAWN, asked, by=by)


def is_superuser(person: User) -> bool:
    """Whether the person may ask and confirm."""
    return person.is_active and person.is_staff and person.is_superuser


def is_asked_for(person: User) -> bool:
    """Whether superuser rights for the person wait for a second superuser."""
    return _open(kind=StaffRequestKind.SUPERUSER, person=person)


def _require_superuser(by: User) -> None:
    if not is_superuser(User.objects.get(pk=by.pk)):
        raise NotAllowed("Only superusers can do this.", way_out=_PAGE)


def _require_no_admin(organisation: Organisation) -> None:
    """Lock the organisation. Raises Conflict where it is closed or somebody there can invite colleagues."""
    locked = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    if locked.closed_at:
        raise Conflict("This organisation is closed.", way_out=_PAGE)
    if organisation.memberships.filter(role=Role.ADMIN, user__is_active=True).exists():
        raise Conflict("This organisation has an admin, who invites colleagues.", way_out=_PAGE)


def _require_eligible(person: User) -> None:
    if person.memberships.exists():
        raise Conflict(NO_MEMBER, way_out=_PAGE)
    if person.is_superuser or not (person.is_active and person.is_staff):
        raise Conflict("Superuser rights are for active staff who do not have them yet.", way_out=_PAGE)


def _found(request_uuid: UUID) -> StaffRequest:
    rows = StaffRequest.objects.select_related("organisation", "person", "requested_by")
    asked = rows.filter(uuid=request_uuid).first()
    if asked is None:
        raise NotFound
    return asked


def _open(**about: object) -> bool:
    return StaffRequest.objects.filter(status=StaffRequestStatus.OPEN, **about).exists()


def _announce(asked: StaffRequest, *, by: User) -> StaffRequest:
    _record(AccountEvent.STAFF_REQUESTED, asked, by=by)
    enqueue("staff_request", request=asked.pk)
    return asked


def _end(asked: StaffRequest, status: StaffRequestStatus, **columns: User) -> None:
    still_open = StaffRequest.objects.filter(pk=asked.pk, status=StaffRequestStatus.OPEN)
    if not still_open.update(status=status, ended_at=timezone.now(), **columns):
        raise Conflict("This was confirmed or withdrawn already.", way_out=_PAGE)


def _make_superuser(person_pk: int, *, by: User) -> None:
    person = User.objects.select_for_update(of=("self",)).get(pk=person_pk)
    _require_eligible(person)
    person.is_superuser = True
    person.save(update_fields=["is_superuser"])


def _record(event: AccountEvent, asked: StaffRequest, *, by: User) -> None:
    about = asked.organisation.uuid if asked.organisation else None
    stream = about or (asked.person.pseudonym if asked.person else asked.uuid)
    objects = [f"staff_request:{asked.uuid}"]
    record(event, by=by, stream=stream, objects=objects, detail={"kind": asked.kind})
