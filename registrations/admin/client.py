"""The desk's page to suspend, reinstate or close a client, each through its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.decorators import SignedInRequest
from portal.accounts.models import User
from portal.refusals import Conflict, NotAllowed
from registrations import permissions
from registrations.admin.client_forms import CloseForm, ReinstateForm, SuspendForm
from registrations.admin.forms import problems
from registrations.domain.lifecycle import REGISTRATION
from registrations.models import Registration
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.workflow import client

Answers = Mapping[str, Any]


class Move(NamedTuple):
    """An action on the client: its form, the verb that it calls, and the message afterwards."""

    form: type[forms.Form]
    verb: Callable[[UUID, User, Answers], object]
    done: str


def _suspend(uuid: UUID, by: User, answers: Answers) -> object:
    return client.suspend(uuid, by=by, reason=answers["suspend_reason"])


def _reinstate(uuid: UUID, by: User, answers: Answers) -> object:
    return client.reinstate(uuid, by=by, note=answers["reinstate_note"])


def _close(uuid: UUID, by: User, answers: Answers) -> object:
    return client.close_as_staff(uuid, by=by, reason=answers["close_reason"])


_MOVES: Final[Mapping[str, Move]] = {
    "suspend": Move(SuspendForm, _suspend, "{} is suspended. The partner reads your reason."),
    "reinstate": Move(ReinstateForm, _reinstate, "{} is reinstated."),
    "close": Move(CloseForm, _close, "{} is closed. The partner reads your reason."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def client_page(request: SignedInRequest, uuid: UUID, *, frame: Mapping[str, Any]) -> HttpResponse:
    """Show the actions possible now, or take one; ``frame`` is the context of the admin's templates."""
    if not permissions.may_see_desk(request.user):
        raise PermissionDenied
    submitted = with_overview(Registration.objects.filter(revision_count__gt=0))
    registration = get_object_or_404(submitted.select_related("organisation"), uuid=uuid)
    if request.method != "POST":
        return _page(request, frame, registration)
    way_out = (reverse("admin:registrations_registration_review", args=[uuid]), "Back to the review page")
    if not permissions.can_suspend(request.user, registration):
        raise NotAllowed("Nobody stops a client of their own organisation.", way_out=way_out)
    move = _MOVES.get(request.POST.get("move", ""))
    if move is None:
        raise Conflict("The page was incomplete. Load it again.", way_out=way_out)
    return _make(request, frame, registration, move)


def _make(
    request: SignedInRequest, frame: Mapping[str, Any], registration: Registration, move: Move
) -> HttpResponse:
    form = move.form(request.POST)
    if not form.is_valid():
        return _page(request, frame, registration, sent=form, status=422)
    try:
        move.verb(registration.uuid, request.user, form.cleaned_data)
    except Conflict as conflict:
        registration.refresh_from_db()
        return _page(request, frame, registration, sent=form, conflict=conflict.reason, status=409)
    messages.success(request, move.done.format(RegistrationOverview(registration).name))
    return redirect("admin:registrations_registration_review", registration.uuid)


def _page(
    request: SignedInRequest,
    frame: Mapping[str, Any],
    registration: Registration,
    *,
    sent: forms.Form | None = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page; ``sent`` is the posted form, shown again with what was typed."""
    possible = {name for name in _MOVES if registration.stage in REGISTRATION.sources(name)}
    key, words = RegistrationOverview(registration).shown
    context = {
        **frame,
        "title": RegistrationOverview(registration).name,
        "is_nav_sidebar_enabled": False,
        "registration": registration,
        "state_key": key,
        "state_words": words,
        "may_suspend": permissions.can_suspend(request.user, registration),
        "suspensions": registration.suspensions.select_related("suspended_by", "lifted_by"),
        "forms": {name: _form(_MOVES[name].form, sent) for name in _MOVES if name in possible},
        "errors": problems(sent),
        "conflict": conflict,
    }
    return render(request, "admin/registrations/registration/client.html", context, status=status)


def _form(kind: type[forms.Form], sent: forms.Form | None) -> forms.Form:
    return sent if isinstance(sent, kind) else kind()
