"""Claiming, releasing and reassigning a review: the desk's actions, and what its pages show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.paging import row_named, rows_after
from portal.refusals import Conflict, NotAllowed, Refusal
from registrations import permissions
from registrations.admin import links
from registrations.admin.forms import ReassignForm
from registrations.admin.wording import age
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Registration, Revision
from registrations.workflow import assignment


@require_POST
def claim(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Claim the review for the signed-in reviewer."""
    return _answer(request, uuid, assignment.claim, "You have claimed the review of {}.")


@require_POST
def release(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Release the review, so that any reviewer can claim it."""
    return _answer(request, uuid, assignment.release, "The review of {} is free again.")


@require_POST
def reassign(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Reassign the review to the chosen colleague."""

    def hand_on(uuid: UUID, *, by: User) -> Revision:
        return assignment.reassign(uuid, by=by, to=_colleague(request, uuid))

    return _answer(request, uuid, hand_on, "{} is in other hands now.")


@require_safe
def next_request(request: SignedInRequest) -> HttpResponse:
    """Go to the review that has waited longest and is unclaimed or the reviewer's own.

    ``after`` is the registration shown last: the next one in line follows, and after the last the
    first.
    """
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    waiting = _for(request.user)
    after = request.GET.get("after", "")
    last = row_named(Revision.objects.order_by("-number"), after, by="registration__uuid")
    revision = rows_after(waiting, "submitted_at", last).first() or waiting.first()
    if revision is None or str(revision.registration.uuid) == after:
        messages.info(request, "Nothing else waits for you.")
        return redirect(links.back_to_queue(request))
    return redirect(links.back_to_review(request, revision.registration))


def shown(request_user: User, registration: Registration, revision: Revision) -> dict[str, Any]:
    """What the review page shows about the claim, and which actions it offers."""
    is_open = revision.stage is RevisionStatus.UNDER_REVIEW
    holder = revision.claimed_by
    leads = is_open and permissions.can_reassign(request_user, registration)
    mine = holder == request_user
    return {
        "claimant": holder,
        "claim_is_mine": mine,
        "claimed_since": age(revision.claimed_at) if revision.claimed_at else "",
        "may_claim": is_open and holder is None and permissions.can_review(request_user, registration),
        "may_release": holder is not None and (mine or leads),
        "reassign_form": ReassignForm(_colleagues(registration, holder)) if leads else None,
    }


def _answer(request: SignedInRequest, uuid: UUID, verb: Callable[..., Revision], words: str) -> HttpResponse:
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    registration = get_object_or_404(Registration.objects.filter(revision_count__gt=0), uuid=uuid)
    from_queue = request.GET.get("from") == links.FROM_QUEUE
    back = links.back_to_queue(request) if from_queue else links.back_to_review(request, registration)
    try:
        revision = verb(uuid, by=request.user)
    except Refusal as refusal:
        refusal.way_out = (back, "Back to the queue" if from_queue else "Back to the review page")
        raise
    messages.success(request, words.format(revision.client_name))
    return redirect(back)


def _colleague(request: HttpRequest, uuid: UUID) -> User:
    """The chosen colleague; raises ``Conflict`` for an invalid choice.

    Raises ``NotAllowed`` before the choice is looked at, so that the answer discloses nothing about
    anybody.
    """
    registration = Registration.objects.get(uuid=uuid)
    if not permissions.can_reassign(request.user, registration):  # type: ignore[arg-type]
        raise NotAllowed("Only leads who do not belong to the organisation hand reviews on.")
    form = ReassignForm(_colleagues(registration, None), request.POST)
    if not form.is_valid():
        raise Conflict("Choose a colleague who reviews and does not belong to the organisation.")
    colleague: User = form.cleaned_data["to"]
    return colleague


def _colleagues(registration: Registration, holder: User | None) -> QuerySet[User]:
    """The reviewers who could take over the review."""
    rows = permissions.reviewers().exclude(memberships__organisation_id=registration.organisation_id)
    return rows.exclude(pk=holder.pk) if holder else rows


def _for(user: User) -> QuerySet[Revision]:
    """The revisions that wait for this reviewer, longest wait first."""
    free = Q(claimed_by=None) | Q(claimed_by=user)
    rows = Revision.objects.filter(free, status=RevisionStatus.UNDER_REVIEW)
    foreign = rows.exclude(registration__organisation__memberships__user=user)
    return foreign.select_related("registration").order_by("submitted_at", "pk")
