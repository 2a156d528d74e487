"""Claiming, releasing and handing over a review: the desk's actions, and what its pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict, NotAllowed, Refusal
from registrations import permissions
from registrations.admin import links
from registrations.admin.forms import HandOverForm, problems
from registrations.admin.leaving import LEAVES, keep_unsent, leave
from registrations.admin.pages import desk_only, render_page
from registrations.admin.review.page_state import take
from registrations.admin.wording import age
from registrations.domain.lifecycle import RevisionStatus
from registrations.models import Registration, Revision, Snooze
from registrations.workflow import assignment, desk


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


def keep_page(request: SignedInRequest, uuid: UUID) -> None:
    """Keep what was typed on the review page, if the button that was pressed stands there."""
    take(request, Registration.objects.get(uuid=uuid))


@require_POST
@desk_only
def claim(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Claim the review for the signed-in reviewer."""
    with way_back(request, uuid) as back:
        keep_page(request, uuid)
        revision = assignment.claim(uuid, by=request.user)
    messages.success(request, f"You have claimed the review of {revision.client_name}.")
    return redirect(back)


@require_POST
@desk_only
def release(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Release the review, so that any reviewer can claim it."""
    with way_back(request, uuid) as back:
        keep_page(request, uuid)
        revision = assignment.release(uuid, by=request.user)
    messages.success(request, f"The review of {revision.client_name} is no longer claimed.")
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def reassign(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The page on which a review is handed over to a colleague; a post does it.

    Who may do this is asked before the choice is looked at, so that a refusal discloses nothing about
    anybody.
    """
    with way_back(request, uuid) as back:
        registration = Registration.objects.select_related("organisation").get(uuid=uuid)
        waiting = registration.revisions.under_review().first()
        if not permissions.can_hand_over(request.user, registration, waiting):
            raise NotAllowed(
                "Only the reviewer who claimed it, or a lead, can hand over a review. Neither may belong to "
                "the organisation."
            )
        revision = desk.revision_under_review(registration)
        colleagues = permissions.reviewers_of(registration)
        if revision.claimed_by is not None:
            colleagues = colleagues.exclude(pk=revision.claimed_by.pk)
        if request.method != "POST":
            typed = kept_values(request, do="send", done="sent")
            return _hand_over_page(request, revision, HandOverForm(colleagues, typed), back)
        form = HandOverForm(colleagues, request.POST)
        if LEAVES in request.POST:
            return leave(request, form, request.path, to=back)
        if not form.is_valid():
            return _hand_over_page(request, revision, form, back, status=422)
        to, note = form.cleaned_data["to"], form.cleaned_data["note"]
        try:
            assignment.reassign(uuid, by=request.user, to=to, note=note)
        except Conflict as conflict:
            form.add_error("to", conflict.reason)
            return _hand_over_page(request, revision, form, back, status=409)
    messages.success(
        request, f"You have handed over the review of {revision.client_name} to {to.get_full_name()}."
    )
    return redirect(back)


def _hand_over_page(
    request: SignedInRequest, revision: Revision, form: HandOverForm, back: str, *, status: int = 200
) -> HttpResponse:
    title = f"Hand over: {revision.client_name}"
    return form_page(request, "hand_over.html", title, revision, form, back, status=status)


def form_page(
    request: SignedInRequest,
    template: str,
    title: str,
    revision: Revision,
    form: forms.Form,
    back: str,
    *,
    status: int,
) -> HttpResponse:
    """A page with one form about a revision under review, which posts to its own address.

    What was posted is kept for the reader until it is done.
    """
    context = {
        "title": title,
        "revision": revision,
        "is_mine": revision.claimed_by == request.user,
        "form": form,
        "errors": problems(form),
        "back": back,
        "kept": keep_unsent(request, form, request.path) if request.method == "POST" else "",
        "action": request.get_full_path(),
    }
    return render_page(request, template, context, status=status)


@dataclass(frozen=True)
class ClaimPanel:
    """Who has claimed the review, until when the reader snoozed it, what the reader can do, and the URLs for
    that."""

    is_open: bool
    holder: User | None
    is_mine: bool
    since: str
    may_claim: bool
    may_release: bool
    may_hand_over: bool
    may_snooze: bool
    may_go_on: bool
    snooze: Snooze | None
    urls: Mapping[str, str]

    @classmethod
    def of(
        cls,
        request: SignedInRequest,
        registration: Registration,
        revision: Revision,
        snooze: Snooze | None,
        *,
        belongs: bool,
    ) -> ClaimPanel:
        """``snooze`` is the reader's; ``belongs`` is whether they belong to its organisation."""
        is_open = revision.stage is RevisionStatus.UNDER_REVIEW
        holder, user = revision.claimed_by, request.user
        leads = is_open and permissions.can_reassign(user, registration, belongs=belongs)
        reviews = is_open and permissions.can_review(user, registration, belongs=belongs)
        hands_over = permissions.can_hand_over(user, registration, revision, belongs=belongs)
        return cls(
            is_open=is_open,
            holder=holder,
            is_mine=holder == user,
            since=age(revision.claimed_at) if revision.claimed_at else "",
            may_claim=reviews and holder is None,
            may_release=holder is not None and (holder == user or leads),
            may_hand_over=is_open and hands_over,
            may_snooze=reviews and revision.submitted_by_id != user.pk,
            may_go_on=permissions.may_review(user),
            snooze=snooze if reviews else None,
            urls=links.of_claim(request, registration),
        )
