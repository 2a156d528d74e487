"""The page to check the answers, and the actions submit, withdraw and discard."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import SUBMIT, spend
from portal.refusals import Conflict
from registrations.domain.differences import is_same
from registrations.domain.lifecycle import RevisionStatus
from registrations.draft_checks import CheckedDraft, check_draft, submit_outcome
from registrations.models import Draft
from registrations.queries.answers import problems, sections
from registrations.queries.comments import answered, answers_of, open_threads, unanswered
from registrations.queries.overview import RegistrationOverview
from registrations.views.access import post_only, to_edit
from registrations.workflow import drafting
from registrations.workflow.errors import AnnouncedOtherwise, RulesBroken

_NO_SUCH_VERSION = -1
_SUBMITTED = "Submitted. A reviewer looks at it next, and you get an email about the decision."
_IN_EFFECT = "Your change is in effect. It needed no review."


@require_safe
@partner_required
def check(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show all answers of the draft with their findings, before it is submitted."""
    found = to_edit(request, uuid)
    draft = _draft_of(found)
    return _answers(request, found, draft, _checked(found, draft))


@post_only
def submit(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Submit the draft for review, or apply it at once if it needs no review.

    Answers 422 with the check page if the rules reject it, and 409 with an updated page if the
    outcome would differ from what the page announced.
    """
    spend(SUBMIT, str(request.user.pk))
    try:
        revision = drafting.submit(
            uuid,
            by=request.user,
            draft_version=_number(request, "draft_version"),
            announced=_announced(request),
        )
    except RulesBroken as broken:
        found = to_edit(request, uuid)
        draft = _draft_of(found)
        return _answers(request, found, draft, _checked(found, draft), status=broken.status)
    except AnnouncedOtherwise as otherwise:
        messages.error(request, f"{otherwise.reason} Read what would happen now, then decide.")
        found = to_edit(request, uuid)
        draft = _draft_of(found)
        return _answers(request, found, draft, _checked(found, draft), status=otherwise.status)
    messages.success(request, _IN_EFFECT if revision.stage is RevisionStatus.APPROVED else _SUBMITTED)
    return redirect("registrations:detail", uuid)


@post_only
def withdraw(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Withdraw the version under review."""
    drafting.withdraw(uuid, by=request.user)
    messages.success(request, "Withdrawn. You can edit it and submit it again.")
    return redirect("registrations:detail", uuid)


@post_only
def discard(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Discard the draft."""
    drafting.discard(uuid, by=request.user)
    messages.success(request, "The draft was discarded.")
    return redirect("registrations:detail", uuid)


def _answers(
    request: PartnerRequest,
    found: RegistrationOverview,
    draft: Draft,
    checked: CheckedDraft,
    *,
    status: int = 200,
) -> HttpResponse:
    edit_url = reverse("registrations:edit", args=[found.registration.uuid])
    threads, answers = open_threads(found.registration), answers_of(draft.data)
    said = answered(threads, answers)
    if found.live:
        found.read_children()
    outcome = submit_outcome(
        checked, found.registration, found.live, answers=bool(said), is_excepted=found.is_excepted
    )
    findings = checked.for_partner()
    rejects = problems(findings, f"{edit_url}?show=all")
    context = {
        "registration": found.registration,
        "sections": sections(checked.record, logo=draft.logo, findings=findings, edit_url=edit_url),
        "override_requests": checked.open_override_requests,
        "answered": said,
        "unanswered": unanswered(threads, answers),
        "unchanged": "" if said else _unchanged(found, checked),
        "note": found.note,
        "edit_url": edit_url,
        "rejects": rejects,
        "error_summary": rejects,
        "can_submit": not rejects and not outcome.is_empty,
        "draft_version": draft.version,
        "outcome": outcome,
        "live_version": found.live.number if found.live else 0,
    }
    return render(request, "registrations/check.html", context, status=status)


def _unchanged(found: RegistrationOverview, checked: CheckedDraft) -> str:
    """How the same answers came back before (sent back or rejected); empty if the draft differs."""
    before = found.newest
    if before is None or not found.came_back:
        return ""
    found.read_children()
    same = is_same(before.metadata(), checked.record) and set(before.override_requests()) == set(
        checked.still_requested
    )
    return found.came_back if same else ""


def _checked(found: RegistrationOverview, draft: Draft) -> CheckedDraft:
    return check_draft(draft, found.registration, found.accepted)


def _draft_of(found: RegistrationOverview) -> Draft:
    if found.draft is None:
        edit_url = reverse("registrations:edit", args=[found.registration.uuid])
        raise Conflict("There is no draft to check.", way_out=(edit_url, "Start editing"))
    return found.draft


def _announced(request: PartnerRequest) -> drafting.Announced:
    """The outcome that the page announced."""
    return drafting.Announced(request.POST.get("announced"), _number(request, "live_version"))


def _number(request: PartnerRequest, field: str) -> int | None:
    """A posted version number; None if there was none, one that cannot exist if it is malformed."""
    posted = request.POST.get(field, "")
    if not posted:
        return None
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 12 else _NO_SUCH_VERSION
