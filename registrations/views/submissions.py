"""The pages before and after a submission, and the actions submit, withdraw and discard."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.limits import SUBMIT, spend
from registrations import permissions
from registrations.domain.lifecycle import DecidedHow
from registrations.models.catalogue import offered
from registrations.queries.contacts import contacts_of
from registrations.views.access import leads_to_the_client, own_role, post_only, to_edit, visible
from registrations.views.check_page import CheckPage
from registrations.workflow import drafting
from registrations.workflow.refusals import AnnouncedOtherwise, RulesBroken

_NO_SUCH_VERSION = -1


@require_safe
@partner_required
@leads_to_the_client
def check(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show all answers of the draft with their findings, before it is submitted."""
    return CheckPage.of(to_edit(request, uuid)).show(request)


@post_only
def submit(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Submit the draft for review, or apply it at once if it needs no review.

    Answers 422 with the check page if the rules reject it, and 409 with an updated page if the
    outcome would differ from what the page announced.
    """
    spend(SUBMIT, str(request.user.pk))
    try:
        drafting.submit(
            uuid,
            by=request.user,
            draft_version=_number(request, "draft_version"),
            announced=drafting.Announced(request.POST.get("announced"), _number(request, "live_version")),
        )
    except (RulesBroken, AnnouncedOtherwise) as refusal:
        if isinstance(refusal, AnnouncedOtherwise):
            messages.error(request, f"{refusal.reason} Check what happens now before you submit.")
        return CheckPage.of(to_edit(request, uuid)).show(request, status=refusal.status)
    return redirect("registrations:submitted", uuid)


@require_safe
@partner_required
def submitted(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Confirm the newest submission while it is under review, or that it is in effect without one.

    Once a reviewer has decided on it, or it was withdrawn, the registration's page says more.
    """
    overview = visible(request, uuid)
    version = overview.newest
    in_effect = version is not None and version.decided_how == DecidedHow.RULES and version == overview.live
    if version is None or not (in_effect or version == overview.under_review):
        return redirect("registrations:detail", uuid)
    context = {
        "registration": overview.registration,
        "overview": overview,
        "version": version,
        "in_effect": in_effect,
        "contacts": contacts_of(overview.registration, version.contacts),
        "can_write": not in_effect and permissions.can_edit(own_role(request, overview.registration)),
        "is_mine": version.submitted_by_id == request.user.pk,
        "wait": None if in_effect else overview.expected_wait(offered()),
    }
    return render(request, "registrations/submitted.html", context)


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


def _number(request: PartnerRequest, field: str) -> int | None:
    """A posted version number; None if there was none, one that cannot exist if it is malformed."""
    posted = request.POST.get(field, "")
    if not posted:
        return None
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 12 else _NO_SUCH_VERSION
