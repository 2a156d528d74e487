"""Verbs about requests to join: somebody asks the admins at their own mail domain, and those decide.

Who asks learns neither which organisation it is nor how many there are (rule O-02).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.actions import BACK, lock_as_admin
from portal.accounts.events import AccountEvent
from portal.accounts.invitations import NO_STAFF
from portal.accounts.models import JoinRequest, JoinRequestStatus, Membership, Organisation, Role, User
from portal.accounts.recent_sign_in import require_recent_sign_in
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict, NotAllowed, NotFound

ASK_AGAIN_AFTER: Final = timedelta(days=30)
_NEW: Final = ("/organisation/new/", "Name your organisation")


@transaction.atomic
def ask_to_join(*, by: User) -> None:
    """Ask the admins of the organisations that have members with a confirmed address at the same domain.

    One that was asked in the last thirty days is not asked again, and who asks is not told which that are.
    Raises NotAllowed for staff, and Conflict for somebody who belongs to an organisation and where no
    colleague can be known.
    """
    domain = User.objects.get(pk=by.pk).domain_in_use()
    # The organisations first, as the verbs of their admins do: two that wait for each other would both fail.
    there = _organisations_at(domain).select_for_update(of=("self",), no_key=True)
    organisations = list(there) if domain else []
    person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if person.is_staff:
        raise NotAllowed(NO_STAFF)
    if person.memberships.exists():
        raise Conflict("You already belong to an organisation.", way_out=BACK)
    if not domain:
        raise Conflict("We do not know of colleagues at your mail domain.", way_out=_NEW)
    for organisation in organisations:
        _ask(organisation, person)


@transaction.atomic
def accept_request(request_uuid: UUID, role: str, *, by: User, signed_in_at: datetime | None) -> Membership:
    """Let the person in, with the role.

    Raises NotFound or NotAllowed for everybody but an admin of the organisation, ReauthenticationNeeded, and
    Conflict for a request that was decided and for a person who cannot join any more.
    """
    found = _lock(request_uuid, by=by)
    require_recent_sign_in(signed_in_at)
    person = User.objects.select_for_update(of=("self",)).get(pk=found.person_id)
    _decide(found, JoinRequestStatus.ACCEPTED, by=by)
    if person.is_staff or not person.is_active or person.memberships.exists():
        raise Conflict("This person cannot join any more: they belong to another organisation.", way_out=BACK)
    membership = Membership.objects.create(user=person, organisation=found.organisation, role=Role(role))
    _record(AccountEvent.JOIN_ACCEPTED, found, by=by, role=membership.role)
    enqueue("join_accepted", membership=membership.pk)
    return membership


@transaction.atomic
def refuse_request(request_uuid: UUID, *, by: User) -> None:
    """Refuse the request. The person is told, but not which organisation it was.

    Raises as :func:`accept_request` does; it needs no recent sign-in.
    """
    found = _lock(request_uuid, by=by)
    _decide(found, JoinRequestStatus.REFUSED, by=by)
    _record(AccountEvent.JOIN_REFUSED, found, by=by)
    enqueue("join_refused", user=found.person_id)


def open_requests(organisations: list[int]) -> QuerySet[JoinRequest]:
    """The requests that wait for the admins of these organisations, the oldest first.

    Whoever has joined another organisation since does not wait any more.
    """
    waiting = JoinRequest.objects.filter(
        organisation__in=organisations,
        status=JoinRequestStatus.OPEN,
        person__is_active=True,
        person__is_staff=False,
        person__memberships=None,
    )
    return waiting.select_related("person").order_by("pk")


def has_asked(person: User) -> bool:
    """Whether the person asked in the last thirty days, whatever became of it."""
    since = timezone.now() - ASK_AGAIN_AFTER
    return JoinRequest.objects.filter(person=person, requested_at__gt=since).exists()


def deciding_on(request_uuid: UUID, *, by: User) -> JoinRequest:
    """The request, for an admin of its organisation. Raises NotFound or NotAllowed as the verbs do."""
    rows = JoinRequest.objects.select_related("organisation", "person")
    found = rows.filter(uuid=request_uuid, organisation__memberships__user=by.pk).first()
    if found is None:
        raise NotFound
    if not found.organisation.memberships.filter(user=by.pk, role=Role.ADMIN).exists():
        raise NotAllowed("Only an admin of the organisation can do this.", way_out=BACK)
    return found


def _organisations_at(domain: str) -> QuerySet[Organisation]:
    """Those with an active member whose confirmed address is at the domain, without closed ones."""
    there = EmailAddress.objects.filter(email__iendswith=f"@{domain}", verified=True, user__is_active=True)
    members = Membership.objects.filter(user__in=there.values("user"))
    found = Organisation.objects.filter(closed_at=None, pk__in=members.values("organisation"))
    return found.order_by("pk")


def _ask(organisation: Organisation, person: User) -> None:
    now = timezone.now()
    asked, is_new = JoinRequest.objects.get_or_create(organisation=organisation, person=person)
    if not is_new:
        old = JoinRequest.objects.filter(pk=asked.pk, requested_at__lte=now - ASK_AGAIN_AFTER)
        anew = {"status": JoinRequestStatus.OPEN, "requested_at": now, "decided_at": None, "decided_by": None}
        if not old.update(**anew):
            return
    _record(AccountEvent.JOIN_REQUESTED, asked, by=person)
    enqueue("join_requested", request=asked.pk)


def _lock(request_uuid: UUID, *, by: User) -> JoinRequest:
    """Lock the organisation of the request, for an admin of it, and read the request."""
    lock_as_admin(deciding_on(request_uuid, by=by).organisation.uuid, by=by)
    return deciding_on(request_uuid, by=by)


def _decide(found: JoinRequest, status: JoinRequestStatus, *, by: User) -> None:
    still_open = JoinRequest.objects.filter(pk=found.pk, status=JoinRequestStatus.OPEN)
    if not still_open.update(status=status, decided_at=timezone.now(), decided_by=by):
        raise Conflict("This request was decided already.", way_out=BACK)


def _record(event: AccountEvent, found: JoinRequest, *, by: User, **detail: str) -> None:
    record(
        event,
        by=by,
        stream=found.organisation.uuid,
        objects=[f"join_request:{found.uuid}", f"member:{found.person.pseudonym}"],
        detail=detail,
    )
