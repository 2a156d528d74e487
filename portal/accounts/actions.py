"""Verbs that name people, create organisations and remove members."""

from __future__ import annotations

from django.db import transaction

from portal.accounts.events import AccountEvent
from portal.accounts.models import Membership, Organisation, Role, User
from portal.accounts.rules import rules
from portal.audit.events import record
from portal.outbox.queue import enqueue
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


@transaction.atomic
def remove_member(membership_pk: int, *, by: User) -> None:
    """Remove a member from an organisation, with effect from that person's next request.

    Raises NotFound if there is no such membership in an organisation of ``by``, NotAllowed if ``by`` is
    not an admin there, Conflict if the member is the last admin.
    """
    organisation = removable(membership_pk, by=by).organisation
    # Without this lock, two admins who remove each other at the same time would both succeed.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    membership = removable(membership_pk, by=by)
    if membership.is_last_admin():
        raise Conflict("An organisation needs at least one admin, and this is the last one.", way_out=BACK)
    record(
        AccountEvent.MEMBER_REMOVED,
        by=by,
        stream=organisation.uuid,
        objects=[f"member:{membership.user.pseudonym}"],
        detail={"role": membership.role},
    )
    enqueue("member_removed", user=membership.user_id, organisation=organisation.pk)
    membership.delete()


def removable(membership_pk: int, *, by: User) -> Membership:
    """The membership, if ``by`` may end it. Raises NotFound or NotAllowed as `remove_member` does."""
    membership = Membership.objects.select_related("user", "organisation").filter(pk=membership_pk).first()
    own = membership and Membership.objects.filter(user=by, organisation=membership.organisation).first()
    if membership is None or own is None:
        raise NotFound
    if own.role != Role.ADMIN:
        raise NotAllowed("Only an admin of the organisation can remove a member.", way_out=BACK)
    return membership
