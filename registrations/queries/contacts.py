"""What the contacts of a client have answered, read together with the registration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from registrations.domain.lifecycle import ContactStatus
from registrations.models import ContactConfirmation, Registration
from registrations.models.registration import RegistrationQuerySet
from registrations.queries.overview import JsonArray


class NamedContact(NamedTuple):
    """An address of the record as it was typed, and where its confirmation stands.

    ``key`` is a status of the confirmation, or ``waiting`` before the link is sent, or ``unasked`` where no
    submission has named the address yet.
    """

    address: str
    key: str
    uuid: UUID | None = None

    @property
    def can_be_asked_again(self) -> bool:
        return self.key == ContactStatus.UNCONFIRMED


def with_contacts(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate the registrations with what :func:`contacts_of` needs. Needs no further statement."""
    of_one = ContactConfirmation.objects.filter(organisation=OuterRef("organisation")).order_by()
    one = JSONObject(address="address", status="status", sent_at="sent_at", uuid="uuid")
    answers = of_one.values("organisation").annotate(found=JsonArray(one)).values("found")
    return rows.annotate(contact_answers=Subquery(answers))


def contacts_of(registration: Registration, addresses: Iterable[str]) -> list[NamedContact]:
    """The addresses with their answers: one statement for a registration that was not read by
    :func:`with_contacts`, such as one that the request has just started."""
    named = list(addresses)
    if "contact_answers" in vars(registration):
        answers = vars(registration)["contact_answers"] or []
    else:
        lowered = [address.lower() for address in named]
        rows = ContactConfirmation.objects.of(registration.organisation_id, lowered)
        answers = list(rows.values("address", "status", "sent_at", "uuid"))
    found = {one["address"]: one for one in answers}
    contacts = []
    for address in named:
        answer = found.get(address.lower())
        if answer is None:
            contacts.append(NamedContact(address, "unasked"))
        else:
            key = answer["status"] if answer["sent_at"] else "waiting"
            contacts.append(NamedContact(address, key, UUID(str(answer["uuid"]))))
    return contacts
