"""The list of the organisation's registrations, and the page of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from portal.paging import row_named, rows_after
from registrations import permissions
from registrations.domain.differences import Change
from registrations.domain.lifecycle import RegistrationStatus
from registrations.models import Registration, Suspension
from registrations.queries.answers import sections
from registrations.queries.comments import threads_of
from registrations.queries.override_requests import override_notices
from registrations.queries.overview import RegistrationOverview, with_overview
from registrations.queries.pkce_exceptions import exception_notices
from registrations.queries.secrets import ClientSecrets, secrets_of
from registrations.queries.timeline import timeline
from registrations.queries.turnaround import in_hours_or_days, usual_wait
from registrations.views.access import own_role, visible
from registrations.views.tasks import LiveClient, Task, tasks

PAGE = 50
_LEAST = timedelta(hours=1)
"""A shorter wait is never called longer than usual."""


@require_safe
@partner_required
def listing(request: PartnerRequest) -> HttpResponse:
    """List the registrations, newest first; ``before`` is the last one of the previous page."""
    mine = Registration.objects.visible_to(request.user)
    last = row_named(mine, request.GET.get("before", ""))
    found = with_overview(rows_after(mine, "-created_at", last))[: PAGE + 1]
    overviews = [RegistrationOverview(registration) for registration in found]
    shown = overviews[:PAGE]
    is_waiting = any(overview.awaits_decision for overview in shown)
    context = {
        "overviews": shown,
        "can_create": any(permissions.can_edit(one.role) for one in request.memberships),
        "usual_wait": in_hours_or_days(usual_wait(timezone.now())) if is_waiting else "",
        "next_url": f"?before={shown[-1].registration.uuid}" if len(overviews) > PAGE else "",
    }
    return render(request, "registrations/list.html", context)


@require_safe
@partner_required
def detail(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show one registration: its status, what comes next, its answers and its activity."""
    overview = visible(request, uuid)
    registration = overview.registration
    overview.read_children()
    shown, record = overview.beginning or overview.draft, overview.record
    page = DetailPage(
        overview,
        own_role(request, registration),
        usual=usual_wait(timezone.now()) if overview.awaits_decision else None,
        secrets=secrets_of(registration) if overview.live else ClientSecrets([]),
        changes=overview.changes(),
    )
    context = {
        "registration": registration,
        "overview": overview,
        "page": page,
        "usual_wait": in_hours_or_days(page.usual),
        "override_requests": override_notices(overview),
        "threads": threads_of(registration),
        "pkce_exceptions": exception_notices(overview),
        "preflights": overview.failed_preflights(),
        "changes": page.changes,
        "sections": sections(record, logo=shown.logo) if record and shown else [],
        "refused_scopes": overview.rulings.refused,
        "events": timeline(registration, reader=request.user),
    }
    return render(request, "registrations/detail.html", context)


@dataclass(frozen=True)
class DetailPage:
    """What the page of a registration offers to somebody with this role.

    ``usual`` is the usual wait for a decision, where one is awaited and enough were made to tell; ``secrets``
    are those of a live client; ``changes`` are the differences to what is live.
    """

    overview: RegistrationOverview
    role: str | None
    usual: timedelta | None
    secrets: ClientSecrets
    changes: Sequence[Change]

    @property
    def may_act(self) -> bool:
        return permissions.can_edit(self.role)

    @property
    def can_edit(self) -> bool:
        return self.may_act and self.overview.is_editable

    @property
    def can_submit(self) -> bool:
        """Whether there is a draft to submit or to discard."""
        return self.can_edit and self.overview.draft is not None

    @property
    def can_withdraw(self) -> bool:
        return self.may_act and self.overview.under_review is not None

    @property
    def can_close(self) -> bool:
        return self.may_act and self.overview.can_be_closed

    @property
    def can_restrict(self) -> bool:
        """Whether the live client has a redirect URI or a scope that can be taken away: never the last."""
        live = self.overview.live
        if live is None or not self.overview.registration.is_live:
            return False
        return self.may_act and (len(live.uris()) > 1 or len(live.scopes()) > 1)

    @property
    def can_reveal(self) -> bool:
        """Whether a secret waits to be revealed."""
        is_active = self.overview.registration.stage is RegistrationStatus.ACTIVE
        return is_active and permissions.can_handle_secrets(self.role) and self.secrets.sealed is not None

    @property
    def has_other_actions(self) -> bool:
        """Whether there is something to withdraw, to discard, to take away or to close."""
        return self.can_withdraw or self.can_submit or self.can_restrict or self.can_close

    @cached_property
    def tasks(self) -> list[Task]:
        """What is left to do, although the status asks for nothing."""
        return tasks(LiveClient(self.overview, self.secrets, is_changed=bool(self.changes)))

    @property
    def is_only_tasks(self) -> bool:
        """Whether the tasks say all of the next step, because nothing is under review."""
        return bool(self.tasks) and self.overview.under_review is None

    @property
    def waited(self) -> str:
        """How long it has waited, in words, if that is over an hour and longer than usual; else empty."""
        waiting, now = self.overview.under_review, timezone.now()
        if self.usual is None or waiting is None or now - waiting.submitted_at <= max(self.usual, _LEAST):
            return ""
        return timesince(waiting.submitted_at, now, depth=2)

    @cached_property
    def suspension(self) -> Suspension | None:
        """The current suspension; one statement where there is one."""
        registration = self.overview.registration
        if registration.stage is not RegistrationStatus.SUSPENDED:
            return None
        return registration.suspensions.in_force().first()

    @property
    def came_back_to_live(self) -> bool:
        """Whether the last change of a live client was sent back or rejected."""
        return bool(self.overview.live and self.overview.came_back)

    @property
    def has_reviewers_note(self) -> bool:
        """Whether the page says how the newest revision came back."""
        return bool(self.overview.note) or self.came_back_to_live
