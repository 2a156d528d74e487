"""Erases people: who they are goes, and what they did stays under their pseudonym."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from portal.accounts.events import AccountEvent
from portal.accounts.memberships import end_membership
from portal.accounts.models import Organisation, User
from portal.accounts.sessions import end_sessions
from portal.accounts.traces import FAREWELL, Whom, counted, erase_traces
from portal.audit.events import record
from portal.outbox.queue import enqueue
from portal.refusals import Conflict

DELETED_NAME: Final = "Deleted account"
STRANGERS: Final = UUID("f4c1c0c5-5a55-4c7c-8f0b-3c1d5c0d6b7e")
"""The stream of events about addresses that had no account, and so no pseudonym."""
LAST_SUPERUSER: Final = "Nobody else who can sign in is a superuser. Make a colleague one first."


@transaction.atomic
def erase_person(address: str) -> dict[str, int]:
    """Erase whoever has the address, with an account or without, as the command does.

    Returns how many rows of each trace there were: none for whom there is nothing about, as after a first
    run. Raises Conflict for the last admin of an organisation and for the last superuser.
    """
    address = address.strip().lower()
    person = User.objects.select_for_update(of=("self",)).filter(email=address).first()
    if person:
        return {"accounts": 1, **erase_locked(person, AccountEvent.PERSON_ERASED, by=None)}
    whom = Whom(address)
    found = counted(whom)
    if found:
        erase_traces(whom)
        detail = {"rows": sum(found.values())}
        record(AccountEvent.PERSON_ERASED, by=None, stream=STRANGERS, detail=detail)
    return found


def erase_locked(person: User, event: AccountEvent, *, by: User | None) -> dict[str, int]:
    """Erase the person, whose row the verb has locked, and email them that it is done.

    Memberships and sessions end. Returns how many rows of each trace there were. Raises Conflict for the last
    admin of an organisation and for the last superuser.
    """
    organisations = _locked_homes(person)
    if person.is_superuser and person.is_last_superuser():
        raise Conflict(LAST_SUPERUSER)
    memberships = list(person.memberships.select_related("organisation").order_by("pk"))
    for membership in memberships:
        if membership.is_last_admin():
            raise _last_admin_of(membership.organisation, is_own=by == person)
    whom = Whom(person.email, person.full_name, person)
    found = counted(whom)
    about = [f"organisation:{organisation.uuid}" for organisation in organisations]
    record(event, by=by, stream=person.pseudonym, objects=about)
    left = AccountEvent.MEMBER_LEFT if by == person else AccountEvent.MEMBER_REMOVED
    for membership in memberships:
        end_membership(membership, left, "member_deleted", by=by)
    end_sessions(person, why="deleted", by=by)
    erase_traces(whom)
    enqueue(FAREWELL, address=whom.address)
    person.groups.clear()
    person.user_permissions.clear()
    person.email, person.full_name = person.erased_address, DELETED_NAME
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()
    return found


def _locked_homes(person: User) -> list[Organisation]:
    own = Organisation.objects.filter(memberships__user=person).order_by("pk")
    return list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=own.values("pk")))


def _last_admin_of(organisation: Organisation, *, is_own: bool) -> Conflict:
    if not is_own:
        return Conflict(f"They are the last admin of {organisation.name}. They hand it over first.")
    return Conflict(
        f"You are the last admin of {organisation.name}. Make a colleague an admin first, or close it.",
        way_out=(f"/organisation/{organisation.uuid}/leave/", "How you can leave it"),
    )
