"""The registration of a review page, for those who may open it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import Membership
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.models import Registration
from registrations.queries.secrets import with_working_secret


def submitted_to_desk(request: SignedInRequest, uuid: UUID) -> Registration:
    """The registration, if it was ever submitted, for somebody who may see the desk.

    It says whether they belong to its organisation in ``reader_belongs``.
    """
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    own = Membership.objects.filter(user=request.user, organisation=OuterRef("organisation"))
    rows = with_working_secret(Registration.objects.submitted()).annotate(reader_belongs=Exists(own))
    return get_object_or_404(rows.select_related("organisation"), uuid=uuid)


def reviewable(request: SignedInRequest, uuid: UUID) -> Registration:
    """The registration, for somebody who may review it."""
    registration = submitted_to_desk(request, uuid)
    belongs = vars(registration)["reader_belongs"]
    if not permissions.can_review(request.user, registration, belongs=belongs):
        raise NotAllowed
    return registration
