"""The review page and its verbs: one view for each, which binds a form, calls one verb and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.decorators import SignedInRequest
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.admin import claiming, links
from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.admin.review import comments
from registrations.admin.review.checklist import ChecklistForm
from registrations.admin.review.decisions import DecisionForm
from registrations.admin.review.email_preview import preview_of
from registrations.admin.review.override_requests import OverrideForm
from registrations.admin.review.page import ReviewPage
from registrations.admin.review.pkce import PkceForm
from registrations.models import Registration, Revision
from registrations.queries.secrets import with_working_secret
from registrations.workflow import review as reviewing
from registrations.workflow.comments import comments_waiting
from registrations.workflow.desk import require_live_seen, revision_seen
from registrations.workflow.refusals import ClaimedByColleague, RulesBroken
from registrations.workflow.scopes import confirm_scopes as confirm_restricted_scopes

View = Callable[[SignedInRequest, UUID], HttpResponse]

_DECISIONS: Final[Mapping[str, Callable[..., Revision]]] = {
    "approve": reviewing.approve,
    "request_changes": reviewing.request_changes,
    "reject": reviewing.reject,
}
_DECIDED: Final = {
    "approve": "{} is approved.",
    "request_changes": "{} is sent back to the partner with what you wrote.",
    "reject": "{} is rejected. The partner reads what you wrote.",
}
VERBS: Final = ("decide", "preview", "checklist", "pkce", "override", "confirm_scopes", "comments")
"""The names of the URLs to which the forms of the page post."""
_INCOMPLETE: Final = "The page was incomplete. Reload it."
_TAKEN_BACK: Final = "The comment or thread no longer exists."


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show the page. What is posted here goes to the view of its verb, by the field that only this verb has.

    The release before this one posts everything to the page itself, and so do scripts.
    """
    if request.method == "POST":
        view = next((view for field, view in VIEWS_BY_FIELD if field in request.POST), decide)
        return view(request, uuid)
    return show(request, ReviewPage(_submitted(request, uuid), request.user))


@require_POST
def decide(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Approve, request changes or reject.

    If the chosen reasons put words into the note that were not on the page, it shows a preview instead.
    """
    registration = _submitted(request, uuid)
    form = DecisionForm(request.POST, comments=comments_waiting(registration))
    if not form.is_valid() or form.holds_unread_words:
        return _show_before_deciding(request, registration, form)
    decision, note = form.cleaned_data["decision"], form.cleaned_data["note"]
    named = ("granted", "refused_because") if decision == "approve" else ()
    more = {name: form.cleaned_data[name] for name in named}
    reasons = {"reasons": form.codes} if form.codes else {}
    try:
        decided = _DECISIONS[decision](
            registration.uuid,
            by=request.user,
            seen_version=form.cleaned_data["seen_version"],
            seen_live=form.cleaned_data["seen_live"],
            note=note,
            despite_claim=form.confirmed_claim,
            **more,
            **reasons,
        )
    except ClaimedByColleague as claimed:
        form.refuse_claim(claimed.reason)
        return show(request, ReviewPage(registration, request.user, form), status=409)
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, _DECIDED[decision].format(decided.client_name))
    return redirect(links.back_to_queue(request))


@require_POST
def preview(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show the email that the decision would send; nothing is saved."""
    registration = _submitted(request, uuid)
    form = DecisionForm(request.POST, comments=comments_waiting(registration))
    return _show_before_deciding(request, registration, form)


def _show_before_deciding(
    request: SignedInRequest, registration: Registration, form: DecisionForm
) -> HttpResponse:
    """The page with the errors of the form, or with the email that it would send."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    if not form.is_valid():
        return show(request, ReviewPage(registration, request.user, form), status=422)
    answers = form.cleaned_data
    try:
        revision = revision_seen(registration, answers["seen_version"], by=request.user)
        require_live_seen(revision, answers["seen_live"])
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    about_scopes = {name: answers[name] for name in ("granted", "refused_because")}
    email = preview_of(answers["decision"], revision, note=answers["note"], **about_scopes)
    page = ReviewPage(registration, request.user, form.composed_anew(), preview=email)
    return show(request, page)


@require_POST
def save_checklist(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Save the ticks that changed."""
    registration = _reviewable(request, uuid)
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        return show(
            request, ReviewPage(registration, request.user, refusal=Conflict(UNKNOWN_PAGE)), status=422
        )
    try:
        form.save(registration, by=request.user)
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, "The checklist is saved.")
    return redirect(links.back_to_review(request, registration))


@require_POST
def decide_pkce(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Grant the requested PKCE exception until a date, or refuse it once the reason is confirmed."""
    registration = _submitted(request, uuid)
    if not permissions.can_decide_pkce(request.user, registration):
        raise NotAllowed("Only PKCE approvers who do not belong to the organisation can decide on it.")
    form = PkceForm(request.POST)
    if not form.is_valid():
        return show(request, ReviewPage(registration, request.user, form), status=422)
    if form.needs_confirmation:
        return show(request, ReviewPage(registration, request.user, form))
    try:
        words = form.save(registration, by=request.user)
    except RulesBroken as broken:
        for finding in broken.findings:
            form.add_error(finding.field, finding.message)
        return show(request, ReviewPage(registration, request.user, form), status=422)
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, words)
    return redirect(links.back_to_review(request, registration))


@require_POST
def accept_value(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Accept one value that a rule rejects, as the partner requested."""
    registration = _reviewable(request, uuid)
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return show(request, ReviewPage(registration, request.user, form), status=422)
    answer = {name: form.cleaned_data[name] for name in ("seen_version", "rule", "value")}
    reason = form.cleaned_data["override_reason"]
    try:
        reviewing.override(registration.uuid, by=request.user, reason=reason, **answer)
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, f"{answer['value']} is accepted. Your reason is on record.")
    return redirect(links.back_to_review(request, registration))


@require_POST
def confirm_scopes(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Confirm the restricted scopes, as a second person."""
    registration = _reviewable(request, uuid)
    form = SeenForm(request.POST)
    if not form.is_valid():
        refusal = Conflict(" ".join(map(str, form.errors["seen_version"])))
        return show(request, ReviewPage(registration, request.user, refusal=refusal), status=422)
    seen_version = form.cleaned_data["seen_version"]
    try:
        confirm_restricted_scopes(registration.uuid, by=request.user, seen_version=seen_version)
    except Conflict as conflict:
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, "The restricted scopes are confirmed. Somebody else has to approve.")
    return redirect(links.back_to_review(request, registration))


@require_POST
def write_comment(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Save a comment, reply or desk note; take a comment back; resolve or reopen a thread."""
    registration = _reviewable(request, uuid)
    form = comments.CommentForm(request.POST)
    if not form.is_valid():
        if not form.has_only_wrong_text:
            raise Conflict(_INCOMPLETE, way_out=links.out_of(request, registration))
        return show(request, ReviewPage(registration, request.user, form), status=422)
    try:
        words = form.save(registration, by=request.user)
    except (Conflict, NotFound) as refusal:
        conflict = refusal if isinstance(refusal, Conflict) else Conflict(_TAKEN_BACK)
        return _show_refusal(request, registration, form, conflict)
    messages.success(request, words)
    return redirect(f"{links.back_to_review(request, registration)}#{form.anchor}")


VIEWS_BY_FIELD: Final[Sequence[tuple[str, View]]] = (
    ("preview", preview),
    ("decision", decide),
    ("confirm_scopes", confirm_scopes),
    (comments.POSTED_AS, write_comment),
    ("override", accept_value),
    ("pkce_decision", decide_pkce),
    ("pkce_expires_on", decide_pkce),
    ("pkce_note", decide_pkce),
    ("pkce_confirm", decide_pkce),
    ("checklist", save_checklist),
)
"""The view for what is posted to the page itself, by a field of the verb; the first that fits."""


def _submitted(request: SignedInRequest, uuid: UUID) -> Registration:
    """The registration, if it was ever submitted, for somebody who may see the desk."""
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    rows = with_working_secret(Registration.objects.submitted())
    return get_object_or_404(rows.select_related("organisation"), uuid=uuid)


def _reviewable(request: SignedInRequest, uuid: UUID) -> Registration:
    """The registration, for somebody who may review it."""
    registration = _submitted(request, uuid)
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    return registration


def _show_refusal(
    request: SignedInRequest, registration: Registration, form: SeenForm, conflict: Conflict
) -> HttpResponse:
    """Answer 409 with the reason on top of the page, fresh data and what was typed."""
    registration.refresh_from_db()
    return show(request, ReviewPage(registration, request.user, form, refusal=conflict), status=409)


def show(request: SignedInRequest, page: ReviewPage, *, status: int = 200) -> HttpResponse:
    """Render the page."""
    context = {
        **admin.site.each_context(request),
        "claim": claiming.ClaimPanel.of(request, page.registration, page.revision),
        "queue_url": links.back_to_queue(request),
        "verb_urls": {
            name: links.carried(
                request, reverse(f"admin:registrations_registration_{name}", args=[page.registration.uuid])
            )
            for name in VERBS
        },
        "is_nav_sidebar_enabled": False,
        "title": page.revision.client_name,
        "errors": page.errors,
        "is_open": page.is_open,
        "page": page,
    }
    return render(request, "admin/registrations/registration/review.html", context, status=status)
