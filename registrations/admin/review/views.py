"""The review page and its verbs: one view for each, which binds a form, calls one verb and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.decorators import SignedInRequest
from portal.accounts.recent_sign_in import (
    last_sign_in,
    prolong_sign_in,
    prolonged_sign_in,
)
from portal.json_answers import wants_json
from portal.kept_forms.passwords import asks_for_password
from portal.kept_forms.showing import kept_values
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations import permissions
from registrations.admin import claiming, links
from registrations.admin.forms import UNKNOWN_PAGE, SeenForm
from registrations.admin.queue.following import open_next
from registrations.admin.review import comments
from registrations.admin.review.checklist import ChecklistForm
from registrations.admin.review.comments import CommentForm
from registrations.admin.review.decisions import DecisionForm
from registrations.admin.review.email_preview import preview_of
from registrations.admin.review.lookup import readers_draft, reviewable, submitted_to_desk
from registrations.admin.review.override_requests import OverrideForm
from registrations.admin.review.page import ReviewPage
from registrations.admin.review.page_state import (
    OF_DECISION,
    OF_PKCE,
    OTHER_TAB,
    WHOLE_PAGE,
    PageState,
    sent_before,
    settle,
    take,
)
from registrations.admin.review.pkce import PkceForm
from registrations.models import Registration, Revision
from registrations.workflow import review as reviewing
from registrations.workflow.comments import Text, comments_waiting
from registrations.workflow.desk import require_live_seen, revision_seen
from registrations.workflow.refusals import ClaimedByColleague, RulesBroken
from registrations.workflow.scopes import confirm_scopes as confirm_restricted_scopes

View = Callable[[SignedInRequest, UUID], HttpResponse]

_PAGE: Final = "admin:registrations_registration_review"
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
VERBS: Final = (
    "decide",
    "preview",
    "keep",
    "checklist",
    "pkce",
    "override",
    "confirm_scopes",
    "comments",
    "tell",
)
"""The names of the URLs to which the buttons of the page post."""
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
    registration = submitted_to_desk(request, uuid, with_draft=True)
    kept = PageState.kept(readers_draft(registration))
    if (typed := kept_values(request, do="send", done="sent")) is not None:
        return show(request, _page_as_sent(request, registration, typed, kept))
    return show(request, ReviewPage(registration, request.user, kept))


def _page_as_sent(
    request: SignedInRequest, registration: Registration, typed: QueryDict, kept: PageState
) -> ReviewPage:
    """The page with everything that was on it when it was sent, before its sender had to sign in or to type
    the password."""
    state = sent_before(typed, kept)
    form = _decision_form(registration, typed, state if WHOLE_PAGE in typed else None)
    decided = "decision" in typed and "pkce_decision" not in typed and form.is_valid()
    return ReviewPage(registration, request.user, state, form if decided else None)


@require_POST
@asks_for_password(_PAGE, place="decide")
def decide(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Approve, request changes or reject.

    If the chosen reasons put words into the note that were not on the page, it shows a preview instead. Texts
    that the decision does not use are asked about first.
    """
    registration = submitted_to_desk(request, uuid)
    state = take(request, registration)
    if state.joined:
        return _show_refusal(request, registration, state, Conflict(OTHER_TAB))
    form = _decision_form(registration, request.POST, state if WHOLE_PAGE in request.POST else None)
    if not form.is_valid() or form.holds_unread_words:
        return _show_before_deciding(request, registration, form, state)
    written = [CommentForm.of(one, state.seen_version) for one in state.written if form.sends_texts]
    if wrong := {said.box: said.complaint for said in written if not said.is_valid()}:
        page = ReviewPage(registration, request.user, state, form, complaints=wrong)
        return show(request, page, status=422)
    try:
        decided = _decide(request, registration, form, [said.as_text for said in written])
    except ClaimedByColleague as claimed:
        form.refuse_claim(claimed.reason)
        return show(request, ReviewPage(registration, request.user, state, form), status=409)
    except (Conflict, NotFound) as refusal:
        return _show_refusal(request, registration, state, _conflict(refusal), form)
    used: Set[str] = {*state.texts, *state.choices}
    if form.keeps_texts:
        used = (OF_DECISION - set(form.unsent_texts)) | {said.box for said in written}
    settle(request, registration, state, used)
    prolong_sign_in(request)
    messages.success(request, _DECIDED[form.cleaned_data["decision"]].format(decided.client_name))
    if "next" in request.POST:
        return open_next(request, after=str(registration.uuid))
    return redirect(links.back_to_queue(request))


def _decision_form(registration: Registration, posted: QueryDict, state: PageState | None) -> DecisionForm:
    waiting = registration.revisions.under_review().first()
    asked = len(waiting.scopes()) if waiting and state else 0
    return DecisionForm(posted, comments=comments_waiting(registration), state=state, asked=asked)


def _decide(
    request: SignedInRequest, registration: Registration, form: DecisionForm, texts: Sequence[Text]
) -> Revision:
    """Call the verb of the decision, which saves the texts as well. Raises what the verb raises."""
    answers = form.cleaned_data
    approves = answers["decision"] == "approve"
    named = ("granted", "refused_because") if approves else ()
    more: dict[str, Any] = {name: answers[name] for name in ("seen_version", "seen_live", "note", *named)}
    if approves:
        more["signed_in_at"] = prolonged_sign_in(request)
    reasons = {"reasons": form.codes} if form.codes else {}
    verb = _DECISIONS[answers["decision"]]
    page = {"despite_claim": form.confirmed_claim, "ticks": form.ticks, "texts": texts}
    return verb(registration.uuid, by=request.user, **page, **more, **reasons)


@require_POST
def preview(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show the email that the decision would send; nothing is saved."""
    registration = submitted_to_desk(request, uuid)
    state = take(request, registration)
    if state.joined:
        return _show_refusal(request, registration, state, Conflict(OTHER_TAB))
    return _show_before_deciding(
        request, registration, _decision_form(registration, request.POST, None), state
    )


def _show_before_deciding(
    request: SignedInRequest, registration: Registration, form: DecisionForm, state: PageState
) -> HttpResponse:
    """The page with the errors of the form, or with the email that it would send."""
    if not permissions.can_review(request.user, registration):
        raise NotAllowed
    if not form.is_valid():
        return show(request, ReviewPage(registration, request.user, state, form), status=422)
    answers = form.cleaned_data
    try:
        revision = revision_seen(registration, answers["seen_version"], by=request.user)
        require_live_seen(revision, answers["seen_live"])
    except Conflict as conflict:
        return _show_refusal(request, registration, state, conflict, form)
    about_scopes = {name: answers[name] for name in ("granted", "refused_because")}
    email = preview_of(answers["decision"], revision, note=answers["note"], **about_scopes)
    page = ReviewPage(registration, request.user, state, form.composed_anew(), preview=email)
    return show(request, page)


@require_POST
def keep(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Keep what was typed and chosen. A script gets the new version, everybody else the page again."""
    registration = reviewable(request, uuid)
    state = take(request, registration)
    if "drop" in request.POST:
        settle(request, registration, state, {request.POST["drop"]})
    if wants_json(request):
        return JsonResponse({"draft": state.version})
    return redirect(links.back_to_review(request, registration))


@require_POST
def save_checklist(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Save the ticks that changed."""
    registration = reviewable(request, uuid)
    state = take(request, registration)
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        return _show_refusal(request, registration, state, Conflict(UNKNOWN_PAGE), status=422)
    try:
        form.save(registration, by=request.user)
    except Conflict as conflict:
        return _show_refusal(request, registration, state, conflict)
    settle(request, registration, state, {"ticks", "were"})
    messages.success(request, "The checklist is saved.")
    return _back(request, registration, "decide")


@require_POST
@asks_for_password(_PAGE, place="pkce")
def decide_pkce(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Grant the requested PKCE exception until a date, or refuse it once the reason is confirmed."""
    registration = submitted_to_desk(request, uuid)
    if not permissions.can_decide_pkce(request.user, registration):
        raise NotAllowed("Only PKCE approvers who do not belong to the organisation can decide on it.")
    state = take(request, registration)
    if state.joined & OF_PKCE:
        return _show_refusal(request, registration, state, Conflict(OTHER_TAB))
    form = PkceForm(request.POST)
    if not form.is_valid():
        return show(request, ReviewPage(registration, request.user, state, form), status=422)
    if form.needs_confirmation:
        return show(request, ReviewPage(registration, request.user, state, form))
    try:
        words = form.save(registration, by=request.user, signed_in_at=last_sign_in(request))
    except RulesBroken as broken:
        for finding in broken.findings:
            form.add_error(finding.field, finding.message)
        return show(request, ReviewPage(registration, request.user, state, form), status=422)
    except Conflict as conflict:
        return _show_refusal(request, registration, state, conflict)
    settle(request, registration, state, OF_PKCE)
    messages.success(request, words)
    return _back(request, registration, "pkce")


@require_POST
def accept_value(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Accept one value that a rule rejects, as the partner requested."""
    registration = reviewable(request, uuid)
    state, form = take(request, registration), OverrideForm.of_button(request.POST)
    if form.box in state.joined:
        return _show_refusal(request, registration, state, Conflict(OTHER_TAB))
    state = state.holding(form.box, str(form.data.get("override_reason") or ""))
    if not form.is_valid():
        if not form.has_only_wrong_reason:
            return _show_refusal(request, registration, state, Conflict(UNKNOWN_PAGE), status=422)
        complaints = {form.box: " ".join(map(str, form.errors["override_reason"]))}
        page = ReviewPage(registration, request.user, state, complaints=complaints)
        return show(request, page, status=422)
    answer = {name: form.cleaned_data[name] for name in ("seen_version", "rule", "value")}
    reason = form.cleaned_data["override_reason"]
    try:
        reviewing.override(registration.uuid, by=request.user, reason=reason, **answer)
    except Conflict as conflict:
        return _show_refusal(request, registration, state, conflict)
    settle(request, registration, state, {form.box})
    messages.success(request, f"{answer['value']} is accepted. Your reason is on record.")
    return _back(request, registration, "override-requests")


@require_POST
def confirm_scopes(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Confirm the restricted scopes, as a second person."""
    registration = reviewable(request, uuid)
    state, form = take(request, registration), SeenForm(request.POST)
    if not form.is_valid():
        refusal = Conflict(" ".join(map(str, form.errors["seen_version"])))
        return _show_refusal(request, registration, state, refusal, status=422)
    seen_version = form.cleaned_data["seen_version"]
    try:
        confirm_restricted_scopes(registration.uuid, by=request.user, seen_version=seen_version)
    except Conflict as conflict:
        return _show_refusal(request, registration, state, conflict)
    messages.success(request, "The restricted scopes are confirmed. Somebody else has to approve.")
    return _back(request, registration, "second-person")


@require_POST
def write_comment(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Save a comment, reply or desk note; take a comment back; resolve or reopen a thread."""
    registration = reviewable(request, uuid)
    state, form = take(request, registration), CommentForm.of_button(request.POST)
    if form.box in state.joined:
        return _show_refusal(request, registration, state, Conflict(OTHER_TAB))
    state = state.holding(form.box, form.text) if form.box else state
    if not form.is_valid():
        if not form.has_only_wrong_text:
            raise Conflict(_INCOMPLETE, way_out=links.out_of(request, registration))
        page = ReviewPage(registration, request.user, state, complaints={form.box: form.complaint})
        return show(request, page, status=422)
    try:
        words = form.save(registration, by=request.user)
    except (Conflict, NotFound) as refusal:
        is_gone = isinstance(refusal, NotFound) and form.action == "reply"
        state = form.as_new_comment(state) if is_gone else state
        return _show_refusal(request, registration, state, _conflict(refusal))
    if form.box:
        settle(request, registration, state, {form.box})
    messages.success(request, words)
    return redirect(f"{links.back_to_review(request, registration)}#{form.anchor}")


def _back(request: SignedInRequest, registration: Registration, place: str) -> HttpResponse:
    """Lead back to where the button stands; whoever posted without the page has no place there."""
    url = links.back_to_review(request, registration)
    return redirect(f"{url}#{place}" if WHOLE_PAGE in request.POST else url)


def _conflict(refusal: Conflict | NotFound) -> Conflict:
    return refusal if isinstance(refusal, Conflict) else Conflict(_TAKEN_BACK)


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


def _show_refusal(
    request: SignedInRequest,
    registration: Registration,
    state: PageState,
    conflict: Conflict,
    form: DecisionForm | None = None,
    *,
    status: int = 409,
) -> HttpResponse:
    """Answer with the reason on top of the page, fresh data and what was typed."""
    registration.refresh_from_db()
    return show(request, ReviewPage(registration, request.user, state, form, conflict), status=status)


def show(request: SignedInRequest, page: ReviewPage, *, status: int = 200) -> HttpResponse:
    """Render the page."""
    context = {
        **admin.site.each_context(request),
        "claim": claiming.ClaimPanel.of(
            request, page.registration, page.revision, page.snooze, belongs=page.belongs_to_organisation
        ),
        "queue_url": links.back_to_queue(request),
        "verb_urls": {
            name: links.carried(
                request, reverse(f"admin:registrations_registration_{name}", args=[page.registration.uuid])
            )
            for name in VERBS
        },
        "history_url": links.carried(
            request, reverse("admin:registrations_registration_history", args=[page.registration.uuid])
        ),
        "title": page.revision.client_name,
        "errors": page.errors,
        "is_open": page.is_open,
        "page": page,
    }
    return render(request, "admin/registrations/registration/review.html", context, status=status)
