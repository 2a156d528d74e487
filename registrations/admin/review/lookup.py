"""The registration of a review page, for those who may open it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.shortcuts import get_object_or_404

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import in_own_organisation
from portal.refusals import NotAllowed
from registrations import permissions
from registrations.models import PkceException, Registration, ReviewDraft
from registrations.queries.contacts import with_contacts
from registrations.queries.secrets import with_working_secret
from registrations.queries.work import when


def submitted_to_desk(request: SignedInRequest, uuid: UUID, *, with_draft: bool = False) -> Registration:
    """The registration, if it was ever submitted, for somebody who may see the desk.

    ``reader_belongs`` says whether they belong to its organisation or did within the last twelve months, and
    ``had_exception`` whether a PKCE exception was ever requested for it. ``with_draft`` is for
    :func:`readers_draft`.
    """
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    submitted = with_contacts(with_working_secret(Registration.objects.submitted()))
    rows = submitted.select_related("organisation")
    exceptions = PkceException.objects.filter(registration=OuterRef("pk"))
    rows = rows.annotate(
        reader_belongs=when(in_own_organisation(request.user, "organisation")),
        had_exception=Exists(exceptions),
    )
    if with_draft:
        of_reader = FilteredRelation("review_drafts", condition=Q(review_drafts__reviewer=request.user))
        rows = rows.annotate(readers_draft=of_reader)
        rows = rows.select_related("organisation", "readers_draft")  # type: ignore[misc] # a FilteredRelation
    return get_object_or_404(rows, uuid=uuid)


def readers_draft(registration: Registration) -> ReviewDraft | None:
    """What the reader of a registration that was read ``with_draft`` typed on its page and has not sent."""
    found: ReviewDraft | None = vars(registration).get("readers_draft")
    return found


def reviewable(request: SignedInRequest, uuid: UUID) -> Registration:
    """The registration, for somebody who may review it."""
    registration = submitted_to_desk(request, uuid)
    belongs = vars(registration)["reader_belongs"]
    if not permissions.can_review(request.user, registration, belongs=belongs):
        raise NotAllowed
    return registration
