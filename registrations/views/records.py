"""The list of the organisation's registrations, and the page of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.paging import row_named, rows_after
from registrations import permissions
from registrations.domain.differences import difference
from registrations.domain.lifecycle import SECRET, RegistrationStatus, SecretStatus
from registrations.domain.rereview import in_effect
from registrations.models import ClientSecret, Registration, Revision, Suspension
from registrations.queries.answers import AnswerSection, sections
from registrations.queries.comments import shown_threads
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.queries.timeline import timeline
from registrations.queries.turnaround import at_most, usual_wait
from registrations.views import exceptions, override_requests, preflights, tasks
from registrations.views.access import role_in, visible

PAGE = 50
_CHANGES = "What the change would change"
_UNSUBMITTED = "What your draft would change"
_LEAST = timedelta(hours=1)
"""A shorter wait is never called longer than usual."""
UNDER_REVIEW_STATES = frozenset({"under_review", "live_under_review"})
"""Keys of the states in which a reviewer acts next."""


class Row(NamedTuple):
    """A row of the list."""

    registration: Registration
    name: str
    status_key: str
    status_label: str
    environment: str
    updated_at: datetime
    url: str


@require_safe
@partner_required
def listing(request: PartnerRequest) -> HttpResponse:
    """List the registrations, newest first; ``before`` is the last one of the previous page."""
    mine = Registration.objects.visible_to(request.user)
    last = row_named(mine, request.GET.get("before", ""))
    found = list(with_overview(rows_after(mine, "-created_at", last))[: PAGE + 1])
    shown = [_row(RegistrationOverview(registration)) for registration in found[:PAGE]]
    context = {
        "rows": shown,
        "can_create": any(permissions.can_edit(one.role) for one in request.memberships),
        "usual_wait": _in_words(_usual_wait(row.status_key for row in shown)),
        "next_url": f"?before={shown[-1].registration.uuid}" if len(found) > PAGE else "",
    }
    return render(request, "registrations/list.html", context)


@require_safe
@partner_required
def detail(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show one registration: its status, what comes next, its answers and its activity."""
    found = visible(request, uuid)
    registration = found.registration
    found.read_children()
    key, label = found.shown
    title, answers = _record(found)
    role = role_in(request, registration.organisation_id)
    wait = _usual_wait([key])
    changes, secrets = _changes(found), _in_use(registration) if found.live else []
    context = {
        "registration": registration,
        "name": found.name,
        "environment": found.environment,
        "client_id": registration.client_id,
        "status_key": key,
        "status_label": label,
        "note": found.note,
        "override_requests": override_requests.override_notices(found),
        "threads": shown_threads(registration, reader=request.user),
        "turned_down": _turned_down(found),
        "came_back": found.came_back,
        "tasks": tasks.tasks(found, secrets, is_changed=bool(changes)),
        "may_act": permissions.can_edit(role),
        "edit_words": tasks.edit_words(found),
        "usual_wait": _in_words(wait),
        "waited": _longer_than(wait, found.under_review),
        "suspension": _suspension(registration),
        "events": timeline(registration, reader=request.user),
        "record_title": title,
        "sections": answers,
        "refused_scopes": found.live.refused_scopes() if found.live else (),
        "changes": changes,
        "changes_title": _CHANGES if found.under_review else _UNSUBMITTED,
        "pkce_exceptions": exceptions.exception_notices(found),
        "preflights": preflights.preflight_notices(found),
        "secret_waiting": permissions.can_handle_secrets(role) and _has_sealed(registration, secrets),
        "actions": _actions(found, role),
    }
    return render(request, "registrations/detail.html", context)


def _usual_wait(states: Iterable[str]) -> timedelta | None:
    """The usual wait, if something is under review and enough was decided to tell; one query then."""
    return usual_wait(timezone.now()) if UNDER_REVIEW_STATES & set(states) else None


def _in_words(wait: timedelta | None) -> str:
    return at_most(wait) if wait is not None else ""


def _longer_than(usual: timedelta | None, waiting: Revision | None) -> str:
    """How long it has waited, in words, if that is over an hour and longer than usual; else empty."""
    if usual is None or waiting is None:
        return ""
    now = timezone.now()
    waited = now - waiting.submitted_at
    return timesince(waiting.submitted_at, now, depth=2) if waited > max(usual, _LEAST) else ""


def _row(found: RegistrationOverview) -> Row:
    registration = found.registration
    url = reverse("registrations:detail", args=[registration.uuid])
    return Row(registration, found.name, *found.shown, found.environment, _updated_at(found), url)


def _updated_at(found: RegistrationOverview) -> datetime:
    draft, newest = found.draft, found.newest
    moments = [
        found.registration.created_at,
        found.registration.suspended_at,
        found.registration.closed_at,
        draft.updated_at if draft else None,
        *((newest.submitted_at, newest.decided_at) if newest else ()),
    ]
    return max(moment for moment in moments if moment)


def _record(found: RegistrationOverview) -> tuple[str, Sequence[AnswerSection]]:
    """Title and answers of the live revision, else of the newest one, else of the draft."""
    if found.beginning:
        title = "What is registered" if found.live else "What was submitted"
        return title, sections(found.beginning.metadata(), logo=found.beginning.logo)
    if found.draft:
        return "The draft", sections(found.draft.metadata(), logo=found.draft.logo)
    return "", []


def _changes(found: RegistrationOverview) -> Sequence[Any]:
    """How the change under review, else the draft, differs from the live revision."""
    if found.live and found.under_review:
        return difference(found.live.metadata(), found.under_review.metadata())
    if found.live and found.draft:
        live = in_effect(found.live.metadata(), is_excepted=found.is_excepted)
        return difference(live, found.draft.metadata())
    return []


def _turned_down(found: RegistrationOverview) -> str:
    """Words for the last change of a live client if it was sent back or rejected; else empty."""
    return f"Your last change was {found.came_back}" if found.live and found.came_back else ""


def _in_use(registration: Registration) -> list[ClientSecret]:
    """The secrets that are sealed or usable, without loading the sealed values."""
    rows = registration.secrets.filter(status__in=SECRET.sources("revoke"))
    return list(rows.defer("sealed_secret", "verifier"))


def _has_sealed(registration: Registration, secrets: Iterable[ClientSecret]) -> bool:
    now, is_active = timezone.now(), registration.stage is RegistrationStatus.ACTIVE
    return is_active and any(secret.status_at(now) is SecretStatus.SEALED for secret in secrets)


def _suspension(registration: Registration) -> Suspension | None:
    """The current suspension, if there is one."""
    if registration.stage is not RegistrationStatus.SUSPENDED:
        return None
    return registration.suspensions.filter(lifted_at=None).first()


def _actions(found: RegistrationOverview, role: str | None) -> dict[str, bool]:
    works = permissions.can_edit(role)
    draft = works and found.is_editable and found.draft is not None
    return {
        "can_see_credentials": found.registration.client_id is not None,
        "can_edit": works and found.is_editable,
        "can_submit": draft,
        "can_discard": draft,
        "can_withdraw": works and found.under_review is not None,
        "can_close": works and found.can_be_closed,
    }
