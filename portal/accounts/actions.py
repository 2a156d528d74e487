"""Verbs that name people and create organisations, and the lock for what an admin does."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from portal.accounts.events import AccountEvent
from portal.accounts.models import Membership, Organisation, Role, User
from portal.accounts.rules import rules
from portal.audit.events import record
from portal.refusals import Conflict, NotAllowed, NotFound

BACK = ("/organisation/", "Back to the organisation")


@transaction.atomic
def name_person(full_name: str, *, by: User) -> None:
    """Set the person's own name. Raises Conflict for a name that the rules reject."""
    if problem := rules.person_problem(full_name):
        raise Conflict(problem, way_out=("/organisation/new/", "Choose another name"))
    by.full_name = rules.normalise(full_name)
    by.save(update_fields=["full_name"])
    record(AccountEvent.PERSON_NAMED, by=by, stream=by.pseudonym)


@transaction.atomic
def create_organisation(name: str, *, by: User) -> Organisation:
    """Create an organisation with ``by`` as its first admin.

    Raises NotAllowed for staff, who review partners and cannot be one; Conflict for a name that the
    rules reject, and for a user who already belongs to an organisation, which also catches a form
    that was submitted twice.
    """
    founder = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if founder.is_staff:
        raise NotAllowed("Pleo staff cannot belong to a partner’s organisation.")
    if founder.memberships.exists():
        raise Conflict("You already belong to an organisation.", way_out=BACK)
    if problem := rules.name_problem(name):
        raise Conflict(problem, way_out=("/organisation/new/", "Choose another name"))
    organisation = Organisation.objects.create(name=rules.normalise(name))
    Membership.objects.create(user=founder, organisation=organisation, role=Role.ADMIN)
    record(
        AccountEvent.ORGANISATION_CREATED,
        by=founder,
        stream=organisation.uuid,
        objects=[f"member:{founder.pseudonym}"],
    )
    return organisation


@transaction.atomic
def organisation_named(name: str) -> tuple[Organisation, bool]:
    """The organisation of this name, and whether it is made now, without members: for commands.

    Raises Conflict where several have the name, and for a new one whose name the rules reject.
    """
    alike = Organisation.objects.filter(name_skeleton=rules.skeleton(name)).order_by("pk")
    found = [one for one in alike if one.is_called(name)]
    if len(found) > 1:
        raise Conflict("Several organisations have this name.")
    if found:
        return found[0], False
    if problem := rules.name_problem(name):
        raise Conflict(f"{problem} If it is right, add the organisation on the desk first.")
    organisation = Organisation.objects.create(name=rules.normalise(name))
    record(AccountEvent.ORGANISATION_CREATED, by=None, stream=organisation.uuid)
    return organisation, True


def lock_as_admin(organisation_uuid: UUID, *, by: User) -> Organisation:
    """Lock the organisation for this transaction, for one of its admins.

    Raises NotFound for everybody who does not belong to it, and NotAllowed for the other members. What is
    asked about its members after the lock stays true until the end of the transaction.
    """
    mine = Organisation.objects.filter(memberships__user=by.pk, memberships__user__is_active=True)
    found = mine.filter(uuid=organisation_uuid).first()
    if found is None:
        raise NotFound
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    role = organisation.memberships.filter(user=by.pk).values_list("role", flat=True).first()
    if role is None:
        raise NotFound
    if role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can do this.", way_out=BACK)
    return organisation
