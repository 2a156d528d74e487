"""Verbs that name people and organisations and create those, and the lock for what their members do."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from portal.accounts.events import AccountEvent
from portal.accounts.models import FormerName, Membership, Organisation, Role, User
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

    One that exists is locked for this transaction, and a closed one does not count. Raises Conflict where
    several have the name, and for a new one whose name the rules reject.
    """
    alike = Organisation.objects.filter(name_skeleton=rules.skeleton(name), closed_at=None).order_by("pk")
    alike = alike.select_for_update(of=("self",), no_key=True)
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


@transaction.atomic
def rename_organisation(organisation_uuid: UUID, name: str, *, by: User) -> None:
    """Give the organisation another name; the former one is kept for the desk.

    Raises NotFound or NotAllowed for everybody but an admin, and Conflict for the name that it has and for
    one that the rules reject.
    """
    organisation = lock_as_admin(organisation_uuid, by=by)
    if problem := rules.name_problem(name):
        raise Conflict(problem, way_out=BACK)
    if rules.normalise(name) == organisation.name:
        raise Conflict("The organisation has this name already.", way_out=BACK)
    keep_former_name(organisation, organisation.name, by=by)
    organisation.name, organisation.brand_accepted_because = rules.normalise(name), ""
    organisation.save(update_fields=["name", "name_skeleton", "brand_accepted_because"])
    record(AccountEvent.ORGANISATION_RENAMED, by=by, stream=organisation.uuid)


def keep_former_name(organisation: Organisation, name: str, *, by: User) -> None:
    """Keep a name that the organisation has no longer, in the transaction of the change."""
    FormerName.objects.create(organisation=organisation, name=name, changed_by=by)


def lock_as_member(organisation_uuid: UUID, *, by: User) -> Membership:
    """Lock the organisation for this transaction, for one of its members, and return their membership.

    What is asked about its members after the lock stays true until the end of the transaction. Raises
    NotFound for everybody else.
    """
    own = Membership.objects.select_related("user", "organisation").filter(
        user=by.pk, user__is_active=True, organisation__uuid=organisation_uuid
    )
    found = own.first()
    if found is None:
        raise NotFound
    # No key is changed, so that rows which refer to the organisation can be made meanwhile.
    locked = Organisation.objects.select_for_update(of=("self",), no_key=True)
    locked.get(pk=found.organisation_id)
    membership = own.first()
    if membership is None:  # it ended while this waited for the lock
        raise NotFound
    return membership


def lock_as_admin(organisation_uuid: UUID, *, by: User) -> Organisation:
    """As :func:`lock_as_member`, for an admin. Raises NotAllowed for the other members."""
    membership = lock_as_member(organisation_uuid, by=by)
    if membership.role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can do this.", way_out=BACK)
    return membership.organisation
