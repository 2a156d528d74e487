"""Contacts are asked to confirm: who is sent the link and when, and what the person who opens it answers.

The link is sent when a version that names the address is submitted or takes effect at once, and never when a
draft is saved: a draft may hold a slip of the keyboard, which is a stranger's address. Restricting a client
names nobody anew, and whoever adopts one is not its partner, so both send nothing; the contacts of an older
client are asked with its next submission.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from portal.accounts.models import Organisation, User
from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from portal.refusals import Conflict, NotFound
from registrations.domain.lifecycle import CONTACT, OPEN_STATUSES, ContactStatus, RevisionStatus
from registrations.events import RegistrationEvent
from registrations.models import ContactConfirmation, Registration, Revision
from registrations.models.contact_confirmation import MOST_UNCONFIRMED, WINDOW
from registrations.workflow.due_rows import BATCH, run_each
from registrations.workflow.locking import lock_for_partner, read
from registrations.workflow.transitions import move
from registrations.workflow.verbs import one_transaction, verb

_REFUSED: Final = "You answered before that you are no contact, so we send you nothing. That answer stays."
_NOT_NAMED: Final = "No client names your address as a contact any more, so there is nothing to confirm."
_ANSWERED: Final = "This contact has answered already."
_WAITS: Final = "The first email to this contact was not sent yet. It goes out by itself."
_ENOUGH: Final = (
    f"{MOST_UNCONFIRMED} contacts of your organisation were asked within a day and have not confirmed. "
    "Try again tomorrow."
)


def request_confirmations(revision: Revision) -> list[str]:
    """Send a link to the contacts of the revision whom the organisation never named before: part of the verbs
    that submit it.

    Whoever goes beyond what the organisation may send in a day is left to :func:`send_due`. Returns the names
    of those who are sent one, for the event of the verb.
    """
    organisation_id, addresses = revision.registration.organisation_id, revision.addresses()
    _lock(organisation_id)
    known = ContactConfirmation.objects.of(organisation_id, addresses)
    there = set(known.values_list("address", flat=True))
    missing = [one for one in addresses if one not in there]
    if not missing:
        return []
    now = timezone.now()
    room = _room(organisation_id, now)
    named = [
        ContactConfirmation(
            organisation_id=organisation_id,
            address=address,
            named_at=now,
            sent_at=now if place < room else None,
        )
        for place, address in enumerate(missing)
    ]
    return _queue(ContactConfirmation.objects.bulk_create(named)[:room])


def send_due(stopped: Stopped = never) -> int:
    """Send the links that had to wait for another day: a job of the worker."""
    own = ContactConfirmation.objects.filter(organisation=OuterRef("pk"))
    recent = own.unconfirmed_since(timezone.now() - WINDOW).order_by().values("organisation")
    full = recent.annotate(sent=Count("pk")).filter(sent__gte=MOST_UNCONFIRMED)
    due = Organisation.objects.filter(Exists(own.filter(sent_at=None)), ~Exists(full)).order_by("pk")
    return run_each(due[:BATCH], _send_rest, stopped, name=lambda organisation: organisation.uuid)


def _send_rest(organisation: Organisation) -> bool:
    """Send what the organisation may today, and forget whom no version names any more that is live or under
    review: nobody has told them anything."""
    _lock(organisation.pk)
    waiting = ContactConfirmation.objects.filter(organisation=organisation).unsent()
    counted = (RevisionStatus.UNDER_REVIEW, RevisionStatus.APPROVED)
    current = Revision.objects.current().filter(registration__organisation=organisation, status__in=counted)
    named = {address for revision in current for address in revision.addresses()}
    unnamed = [one for one in waiting if one.address not in named]
    ContactConfirmation.objects.filter(pk__in=[one.pk for one in unnamed], sent_at=None).delete()
    now = timezone.now()
    left = waiting.exclude(pk__in=[one.pk for one in unnamed])
    emailed = _send_link(left[: _room(organisation.pk, now)], now=now)
    forgotten = [one.audit_name for one in unnamed]
    if not emailed and not forgotten:
        return False
    events.record(
        RegistrationEvent.CONTACT_EMAILED,
        by=None,
        stream=organisation.uuid,
        objects=[*emailed, *forgotten],
        detail={"emailed": len(emailed), "forgotten": len(forgotten)},
    )
    return True


@verb(lock=lock_for_partner, statuses=OPEN_STATUSES)
def send_again(registration: Registration, contact_uuid: UUID, *, by: User) -> ContactConfirmation:
    """Send the link once more to a contact of the client who has not answered.

    Raises ``NotFound`` where no current version of the client names such a contact, and ``Conflict`` where
    they have answered, where the first email still waits, and where the organisation may send no more today.
    """
    _lock(registration.organisation_id)
    contact = read(
        ContactConfirmation.objects.filter(organisation=registration.organisation_id), uuid=contact_uuid
    )
    if registration.pk not in {one.registration_id for one in contact.named_in()}:
        raise NotFound
    if contact.stage is not ContactStatus.UNCONFIRMED:
        raise Conflict(_ANSWERED)
    if contact.sent_at is None:
        raise Conflict(_WAITS)
    now = timezone.now()
    if contact.sent_at <= now - WINDOW and _room(registration.organisation_id, now) == 0:
        raise Conflict(_ENOUGH)
    emailed = _send_link([contact], now=now)
    events.record(
        RegistrationEvent.CONTACT_EMAILED_AGAIN,
        by=by,
        stream=registration.uuid,
        objects=emailed,
    )
    return contact


@one_transaction()
def confirm(token: str) -> ContactConfirmation:
    """Book that whoever got the link is a contact. Confirming again changes nothing.

    Raises ``NotFound`` for a token that names nobody, and ``Conflict`` for somebody who said *not me* and
    where no client names the address any more.
    """
    contact = _lock_contact(token)
    if contact.stage is ContactStatus.CONFIRMED:
        return contact
    if contact.stage is ContactStatus.REFUSED:
        raise Conflict(_REFUSED)
    if not contact.named_in():
        raise Conflict(_NOT_NAMED)
    return _answer(contact, RegistrationEvent.CONTACT_CONFIRMED, "confirm", confirmed_at=timezone.now())


@one_transaction()
def refuse(token: str) -> ContactConfirmation:
    """Book that whoever got the link is no contact: they get no email from the organisation any more.

    It is possible at any time, also after confirming. Saying it again changes nothing. Raises ``NotFound``
    for a token that names nobody.
    """
    contact = _lock_contact(token)
    if contact.stage is ContactStatus.REFUSED:
        return contact
    return _answer(
        contact,
        RegistrationEvent.CONTACT_REFUSED,
        "refuse",
        confirmed_at=None,
        refused_at=timezone.now(),
    )


def _answer(
    contact: ContactConfirmation, event: RegistrationEvent, name: str, **columns: datetime | None
) -> ContactConfirmation:
    """Make the move and record it in the organisation's log: any of its clients may name the contact."""
    moved = move(contact, CONTACT, name, **columns)
    events.record(event, by=None, stream=contact.organisation.uuid, objects=[moved])
    return contact


def _lock_contact(token: str) -> ContactConfirmation:
    rows = ContactConfirmation.objects.with_token(token).select_related("organisation")
    contact = rows.select_for_update(of=("self",)).first()
    if contact is None:
        raise NotFound
    return contact


def _lock(organisation_id: int) -> None:
    """Lock the organisation, so that all its clients together send no more than it may.

    It comes after the registration, wherever both are locked.
    """
    rows = Organisation.objects.filter(pk=organisation_id).order_by("pk")
    rows.select_for_update(of=("self",), no_key=True).values_list("pk").get()


def _send_link(rows: Iterable[ContactConfirmation], *, now: datetime) -> list[str]:
    """Book that the link is sent to each of them, and queue it; returns their names in events."""
    chosen = list(rows)
    ContactConfirmation.objects.filter(pk__in=[one.pk for one in chosen]).update(sent_at=now)
    return _queue(chosen)


def _queue(rows: Iterable[ContactConfirmation]) -> list[str]:
    """Queue the email to each of them, whose link is made when it is sent; returns their names in events."""
    chosen = list(rows)
    for one in chosen:
        queue.enqueue("contact_confirm", contact_id=one.pk)
    return [one.audit_name for one in chosen]


def _room(organisation_id: int, now: datetime) -> int:
    """How many more links the organisation may send now."""
    own = ContactConfirmation.objects.filter(organisation=organisation_id)
    return max(MOST_UNCONFIRMED - own.unconfirmed_since(now - WINDOW).count(), 0)
