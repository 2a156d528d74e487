"""The review page: shows a registration, and passes the reviewer's actions to their verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.admin import links
from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.admin.review import comments
from registrations.admin.review.checklist import ChecklistForm
from registrations.admin.review.decisions import DecisionForm, ReasonedDecisionForm
from registrations.admin.review.email_preview import preview_of
from registrations.admin.review.override_requests import OverrideForm, TypedReasons
from registrations.admin.review.page import Desk
from registrations.admin.review.pkce import PkceForm
from registrations.models import Registration, Revision
from registrations.workflow import pkce
from registrations.workflow import review as reviewing
from registrations.workflow.comments import comments_waiting
from registrations.workflow.confirming import confirm_scopes
from registrations.workflow.desk import revision_seen
from registrations.workflow.errors import ClaimedByColleague, RulesBroken, StaleVersion

_VERBS: Final[Mapping[str, Callable[..., Revision]]] = {
    "approve": reviewing.approve,
    "request_changes": reviewing.request_changes,
    "reject": reviewing.reject,
}
_DONE = {
    "approve": "{} is approved.",
    "request_changes": "{} went back to the partner with what you wrote.",
    "reject": "{} is rejected. The partner reads what you wrote.",
}
_INCOMPLETE = "The page was incomplete. Load it again."
_TAKEN_BACK = "What this is about is no longer there: it was taken back."


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, uuid: UUID, *, frame: Mapping[str, Any]) -> HttpResponse:
    """Show the page or take one action; ``frame`` is the context of the admin's templates."""
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    submitted = Registration.objects.filter(revision_count__gt=0).select_related("organisation")
    registration = get_object_or_404(submitted, uuid=uuid)
    if request.method != "POST":
        return _page(request, frame, Desk(registration, request.user))
    if "decision" not in request.POST and "confirm_scopes" in request.POST:
        return _confirm(request, registration, frame)
    if "decision" not in request.POST and comments.POSTED_AS in request.POST:
        return _comments(request, registration, frame)
    if "decision" not in request.POST and "override" in request.POST:
        return _accept(request, registration, frame)
    if "decision" not in request.POST and any(name.startswith("pkce_") for name in request.POST):
        return _decide_pkce(request, registration, frame)
    if "decision" not in request.POST and "checklist" in request.POST:
        return _save_checklist(request, registration, frame)
    return _decide(request, registration, frame)


def _decide(request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]) -> HttpResponse:
    form = ReasonedDecisionForm(request.POST, comments=comments_waiting(registration))
    if not form.is_valid():
        if not permissions.can_review(request.user, registration):
            raise NotAllowed
        return _page(request, frame, Desk(registration, request.user, decision_form=form), status=422)
    if "preview" in request.POST or form.holds_unread_words:
        return _preview(request, registration, frame, form)
    decision, note = form.cleaned_data["decision"], form.cleaned_data["note"]
    more = {"granted": form.cleaned_data["granted"]} if decision == "approve" else {}
    reasons = {"reasons": form.codes} if form.codes else {}
    try:
        decided = _VERBS[decision](
            registration.uuid,
            by=request.user,
            seen_version=form.cleaned_data["seen_version"],
            note=note,
            despite_claim=form.cleaned_data["despite_claim"],
            **more,
            **reasons,
        )
    except ClaimedByColleague as claimed:
        form.add_error("despite_claim", claimed.reason)
        return _page(request, frame, Desk(registration, request.user, decision_form=form), status=409)
    except Conflict as conflict:
        return _too_late(request, frame, conflict, _again(registration, request, form, note=note))
    messages.success(request, _DONE[decision].format(decided.client_name))
    return redirect(links.back_to_queue(request))


def _preview(
    request: SignedInRequest, registration: Registration, frame: Mapping[str, Any], form: ReasonedDecisionForm
) -> HttpResponse:
    """Show the email that the decision would send; nothing is saved."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    decision, note = form.cleaned_data["decision"], form.cleaned_data["note"]
    try:
        revision = revision_seen(registration, form.cleaned_data["seen_version"], by=request.user)
    except Conflict as conflict:
        return _too_late(request, frame, conflict, _again(registration, request, form, note=note))
    email = preview_of(decision, revision, note=note, granted=form.cleaned_data["granted"])
    desk = Desk(registration, request.user, decision_form=form.composed_anew(), preview=email)
    return _page(request, frame, desk)


def _save_checklist(
    request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]
) -> HttpResponse:
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        desk = Desk(registration, request.user, conflict=UNKNOWN_PAGE)
        return _page(request, frame, desk, status=422)
    try:
        form.save(registration, by=request.user)
    except Conflict as conflict:
        desk = _again(registration, request, form)
        desk.typed_ticks = form.cleaned_data["ticks"]
        return _too_late(request, frame, conflict, desk)
    messages.success(request, "The checklist is saved.")
    return redirect(links.back_to_review(request, registration))


def _decide_pkce(
    request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]
) -> HttpResponse:
    if not permissions.can_decide_pkce(request.user, registration):
        raise NotAllowed("Only PKCE approvers who do not belong to the organisation decide on exceptions.")
    form = PkceForm(request.POST)
    if not form.is_valid():
        return _page(request, frame, Desk(registration, request.user, pkce_form=form), status=422)
    try:
        words = _grant_or_refuse(registration, request.user, form.cleaned_data)
    except RulesBroken as broken:
        for finding in broken.findings:
            form.add_error(finding.field, finding.message)
        return _page(request, frame, Desk(registration, request.user, pkce_form=form), status=422)
    except Conflict as conflict:
        return _too_late(request, frame, conflict, _again(registration, request, form))
    messages.success(request, words)
    return redirect(links.back_to_review(request, registration))


def _grant_or_refuse(registration: Registration, by: Any, answers: Mapping[str, Any]) -> str:
    seen, note, end = answers["seen_version"], answers["pkce_note"], answers["pkce_expires_on"]
    if answers["pkce_decision"] == "refuse":
        pkce.refuse(registration.uuid, by=by, seen_version=seen, note=note)
        return "The PKCE exception is refused."
    pkce.grant(registration.uuid, by=by, seen_version=seen, expires_on=end, note=note)
    return f"The PKCE exception is granted up to and including {end.day} {end:%B %Y}."


def _accept(request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]) -> HttpResponse:
    """Accept one value that a rule rejects, as the partner requested."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return _page(request, frame, Desk(registration, request.user, override_form=form), status=422)
    answer = {name: form.cleaned_data[name] for name in ("seen_version", "rule", "value")}
    reason = form.cleaned_data["override_reason"]
    try:
        reviewing.override(registration.uuid, by=request.user, reason=reason, **answer)
    except Conflict as conflict:
        typed = {(answer["rule"], answer["value"]): reason}
        return _too_late(request, frame, conflict, _again(registration, request, form, reasons=typed))
    messages.success(request, f"{answer['value']} is accepted. Your reason is on record.")
    return redirect(links.back_to_review(request, registration))


def _confirm(request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]) -> HttpResponse:
    """Confirm the restricted scopes, as a second person."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    form = SeenForm(request.POST)
    if not form.is_valid():
        desk = Desk(registration, request.user)
        desk.conflict = " ".join(map(str, form.errors["seen_version"]))
        return _page(request, frame, desk, status=422)
    try:
        confirm_scopes(registration.uuid, by=request.user, seen_version=form.cleaned_data["seen_version"])
    except Conflict as conflict:
        return _too_late(request, frame, conflict, _again(registration, request, form))
    messages.success(request, "The restricted scopes are confirmed. Somebody else approves.")
    return redirect(links.back_to_review(request, registration))


def _comments(request: SignedInRequest, registration: Registration, frame: Mapping[str, Any]) -> HttpResponse:
    """Save a comment, reply or desk note; take a comment back; resolve or reopen a thread."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    form = comments.CommentForm(request.POST)
    if not form.is_valid():
        if not form.is_beside:
            raise Conflict(_INCOMPLETE, way_out=links.out_of(request, registration))
        return _page(request, frame, Desk(registration, request.user, comment_form=form), status=422)
    try:
        words = comments.act(form, registration, by=request.user)
    except (Conflict, NotFound) as refusal:
        conflict = refusal if isinstance(refusal, Conflict) else Conflict(_TAKEN_BACK)
        return _too_late(request, frame, conflict, _again(registration, request, form))
    messages.success(request, words)
    return redirect(f"{links.back_to_review(request, registration)}#comments-{form.key() or 'whole'}")


def _again(
    registration: Registration,
    request: SignedInRequest,
    form: SeenForm,
    *,
    note: str = "",
    reasons: TypedReasons | None = None,
) -> Desk:
    """The page with fresh data and what was typed."""
    registration.refresh_from_db()
    return Desk(
        registration,
        request.user,
        typed_note=note,
        typed_reasons=reasons or {},
        typed_decision=form.as_composed() if isinstance(form, ReasonedDecisionForm) else {},
        comment_form=form if isinstance(form, comments.CommentForm) else None,
        is_decision=isinstance(form, DecisionForm),
        typed_granted=form.cleaned_data.get("granted"),
        seen_version=form.cleaned_data["seen_version"],
    )


def _too_late(
    request: SignedInRequest, frame: Mapping[str, Any], conflict: Conflict, desk: Desk
) -> HttpResponse:
    """Answer 409 with the page and the reason on top."""
    desk.conflict = conflict.reason
    desk.since = conflict.difference if isinstance(conflict, StaleVersion) else []
    return _page(request, frame, desk, status=409)


def _page(
    request: SignedInRequest, frame: Mapping[str, Any], desk: Desk, *, status: int = 200
) -> HttpResponse:
    context = {**frame, **desk.context(), **links.of_claim(request, desk.registration)}
    return render(request, "admin/registrations/registration/review.html", context, status=status)
