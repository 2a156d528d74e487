"""Claiming, releasing and reassigning a review: the desk's actions, and what its pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.paging import row_named, rows_after
from portal.refusals import Conflict, NotAllowed, Refusal
from registrations import permissions
from registrations.admin import links
from registrations.admin.forms import ReassignForm
from registrations.admin.pages import desk_only
from registrations.admin.wording import age
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Registration, Revision
from registrations.workflow import assignment


@contextmanager
def way_back(request: SignedInRequest, uuid: UUID) -> Iterator[str]:
    """The URL that the verb's answer leads to, the queue or the review page; a refusal leads there too."""
    registration = get_object_or_404(Registration.objects.submitted(), uuid=uuid)
    from_queue = request.GET.get("from") == links.FROM_QUEUE
    back = links.back_to_queue(request) if from_queue else links.back_to_review(request, registration)
    try:
        yield back
    except Refusal as refusal:
        refusal.way_out = (back, "Back to the queue" if from_queue else "Back to the review page")
        raise


@require_POST
@desk_only
def claim(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Claim the review for the signed-in reviewer."""
    with way_back(request, uuid) as back:
        revision = assignment.claim(uuid, by=request.user)
    messages.success(request, f"You have claimed the review of {revision.client_name}.")
    return redirect(back)


@require_POST
@desk_only
def release(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Release the review, so that any reviewer can claim it."""
    with way_back(request, uuid) as back:
        revision = assignment.release(uuid, by=request.user)
    messages.success(request, f"The review of {revision.client_name} is no longer claimed.")
    return redirect(back)


@require_POST
@desk_only
def reassign(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Reassign the review to the chosen colleague.

    Who may do this is asked before the choice is looked at, so that a refusal discloses nothing about
    anybody.
    """
    with way_back(request, uuid) as back:
        registration = Registration.objects.get(uuid=uuid)
        if not permissions.can_reassign(request.user, registration):
            raise NotAllowed("Only leads who do not belong to the organisation can reassign its reviews.")
        form = ReassignForm(permissions.reviewers_of(registration), request.POST)
        if not form.is_valid():
            raise Conflict("Choose a reviewer who does not belong to the organisation.")
        revision = assignment.reassign(uuid, by=request.user, to=form.cleaned_data["to"])
    colleague = form.cleaned_data["to"].get_full_name()
    messages.success(request, f"You have reassigned the review of {revision.client_name} to {colleague}.")
    return redirect(back)


@require_safe
@desk_only
def next_request(request: SignedInRequest) -> HttpResponse:
    """Go to the review that has waited longest and is unclaimed or the reviewer's own.

    ``after`` is the registration shown last: the next one in line follows, and after the last the
    first.
    """
    free = Q(claimed_by=None) | Q(claimed_by=request.user)
    rows = Revision.objects.under_review().filter(free)
    rows = rows.exclude(registration__organisation__memberships__user=request.user)
    waiting = rows.select_related("registration").order_by("submitted_at", "pk")
    after = request.GET.get("after", "")
    last = row_named(Revision.objects.filter(beside=None).order_by("-number"), after, by="registration__uuid")
    revision = rows_after(waiting, "submitted_at", last).first() or waiting.first()
    if revision is None or str(revision.registration.uuid) == after:
        messages.info(request, "Nothing else is waiting for you.")
        return redirect(links.back_to_queue(request))
    return redirect(links.back_to_review(request, revision.registration))


@dataclass(frozen=True)
class ClaimPanel:
    """Who has claimed the review, what the reader can do about it, and the URLs for that."""

    is_open: bool
    holder: User | None
    is_mine: bool
    since: str
    may_claim: bool
    may_release: bool
    reassign_form: ReassignForm | None
    urls: Mapping[str, str]

    @classmethod
    def of(cls, request: SignedInRequest, registration: Registration, revision: Revision) -> ClaimPanel:
        is_open = revision.stage is RevisionStatus.UNDER_REVIEW
        holder, user = revision.claimed_by, request.user
        leads = is_open and permissions.can_reassign(user, registration)
        colleagues = permissions.reviewers_of(registration)
        if holder is not None:
            colleagues = colleagues.exclude(pk=holder.pk)
        return cls(
            is_open=is_open,
            holder=holder,
            is_mine=holder == user,
            since=age(revision.claimed_at) if revision.claimed_at else "",
            may_claim=is_open and holder is None and permissions.can_review(user, registration),
            may_release=holder is not None and (holder == user or leads),
            reassign_form=ReassignForm(colleagues) if leads else None,
            urls=links.of_claim(request, registration),
        )
