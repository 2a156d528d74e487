"""Load a registration for the person who asks, or raise the refusal that they get instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.accounts.models import Organisation
from portal.paging import parse_uuid
from portal.refusals import Conflict, Gone, NotAllowed, NotFound
from registrations import permissions
from registrations.models import Registration
from registrations.queries.comments import with_threads
from registrations.queries.contacts import with_contacts
from registrations.queries.overview import RegistrationOverview, with_overview, with_rulings
from registrations.queries.secrets import with_sealed_until
from registrations.workflow.drafting import UNDER_REVIEW
from registrations.workflow.locking import ASK_A_DEVELOPER

WHICH_ORGANISATION = "Choose the organisation that the client belongs to."


def own_role(request: PartnerRequest, registration: Registration) -> str | None:
    """The person's role in its organisation, read from ``request.memberships``; None without one."""
    roles = {one.organisation_id: one.role for one in request.memberships}
    return roles.get(registration.organisation_id)


def visible(request: PartnerRequest, uuid: UUID) -> RegistrationOverview:
    """The registration as a member sees it; raises NotFound for everybody else."""
    mine = Registration.objects.visible_to(request.user).filter(uuid=uuid)
    registration = with_contacts(with_sealed_until(with_threads(with_rulings(with_overview(mine))))).first()
    if registration is None:
        raise NotFound
    return RegistrationOverview(registration)


def to_work_on(request: PartnerRequest, uuid: UUID) -> RegistrationOverview:
    """The registration, for a member who may edit it.

    Raises NotAllowed for a viewer, NotFound for everybody who is not a member.
    """
    found = visible(request, uuid)
    if not permissions.can_edit(own_role(request, found.registration)):
        raise NotAllowed(ASK_A_DEVELOPER, way_out=back_to(uuid))
    return found


def to_edit(request: PartnerRequest, uuid: UUID) -> RegistrationOverview:
    """Like :func:`to_work_on`; raises Conflict while it is under review and once it is closed."""
    found = to_work_on(request, uuid)
    if found.under_review:
        raise Conflict(UNDER_REVIEW)
    if not found.is_open:
        raise Conflict("This registration is closed, so you cannot change it.")
    return found


def to_start_in(request: PartnerRequest) -> list[Organisation]:
    """The organisations in which the person may start a registration; raises NotAllowed without any."""
    mine = [one.organisation for one in request.memberships if permissions.can_edit(one.role)]
    if not mine:
        raise NotAllowed(
            ASK_A_DEVELOPER, way_out=(reverse("registrations:list"), "Back to the registrations")
        )
    return mine


def chosen_of(mine: Sequence[Organisation], posted: str) -> UUID | None:
    """The UUID of the posted organisation, or of the only one; raises NotFound if it is invalid."""
    if not posted:
        return mine[0].uuid if len(mine) == 1 else None
    return posted_uuid(posted)


def posted_uuid(text: str) -> UUID:
    """Parse a posted UUID; raises NotFound if it is invalid."""
    uuid = parse_uuid(text)
    if uuid is None:
        raise NotFound
    return uuid


def own_id(mine: Sequence[Organisation], chosen: UUID | None) -> int | None:
    """The chosen organisation's id; None if nothing was chosen or it is not one of ``mine``."""
    return next((one.pk for one in mine if one.uuid == chosen), None)


def back_to(uuid: UUID) -> tuple[str, str]:
    """URL and label of the link that leads from a refusal back to the registration."""
    return reverse("registrations:detail", args=[uuid]), "Back to the registration"


def leads_to_the_client(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Where a page of the draft can no longer be shown, lead to the client's page, and say why there.

    Back finds such a page after *Submit*, where an error would look like a failure. A post is still refused.
    """

    @wraps(view)
    def guarded(request: PartnerRequest, uuid: UUID) -> HttpResponse:
        try:
            return view(request, uuid)
        except Conflict as refusal:
            if request.method == "POST":
                raise
            messages.info(request, refusal.reason)
            return redirect("registrations:detail", uuid)

    return guarded


def post_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view act on POST only, whoever asks, so that no link or prefetch changes anything.

    Somebody who has to sign in first is sent to the registration afterwards, because the URL itself
    shows nothing. A refusal without a way out gets a link to the registration.
    """
    inside = partner_required(view)

    @wraps(view)
    def guarded(request: PartnerRequest, uuid: UUID, **rest: object) -> HttpResponse:
        if request.method != "POST":
            # Header aside, the page is the same for everybody, whatever exists.
            page = render_to_string("405.html", {"back": back_to(uuid)[0]}, request)
            return HttpResponseNotAllowed(["POST"], page)
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("registrations:detail", args=[uuid]))
        try:
            return inside(request, uuid, **rest)
        except (Conflict, Gone, NotAllowed) as refusal:
            if not refusal.knows_way_out:
                refusal.way_out = back_to(uuid)
            raise

    return guarded
