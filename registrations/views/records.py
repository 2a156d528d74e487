"""The page of one registration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from portal.accounts.decorators import PartnerRequest, partner_required
from registrations import permissions
from registrations.domain.differences import Change
from registrations.domain.lifecycle import PkceStatus, RegistrationStatus
from registrations.models import Registration, Suspension
from registrations.models.catalogue import offered
from registrations.queries.answers import sections
from registrations.queries.comments import PartnerThread, threads_of
from registrations.queries.contacts import contacts_of
from registrations.queries.override_requests import override_notices
from registrations.queries.overview import RegistrationOverview
from registrations.queries.pkce_exceptions import ExceptionNotice, exception_notices
from registrations.queries.secrets import ClientSecrets, SecretRow, secrets_of
from registrations.queries.served import delivery_of
from registrations.queries.timeline import timeline
from registrations.queries.turnaround import ExpectedWait
from registrations.views.access import own_role, visible
from registrations.views.tasks import Task, TaskFacts, task_on, tasks
from registrations.workflow import promoting

MOST_EVENTS = 10
"""So much of the activity is open; the rest is folded."""
_LEAST = timedelta(hours=1)
"""A shorter wait is never called longer than usual."""


@require_safe
@partner_required
def detail(request: PartnerRequest, uuid: UUID) -> HttpResponse:
    """Show one registration: its status, what comes next, its answers and its activity."""
    overview = visible(request, uuid)
    registration = overview.registration
    overview.read_children()
    shown, record, offer = overview.beginning or overview.draft, overview.record, offered()
    page = DetailPage(
        overview,
        own_role(request, registration),
        wait=overview.expected_wait(offer),
        secrets=secrets_of(registration) if overview.live else ClientSecrets([]),
        changes=overview.changes(),
        exceptions=exception_notices(overview),
    )
    events = timeline(registration, reader=request.user)
    context = {
        "registration": registration,
        "client_id": registration.client_id,
        "overview": overview,
        "page": page,
        "delivery": delivery_of(registration),
        "override_requests": override_notices(overview),
        "preflights": overview.failed_preflights(),
        "sections": sections(record, logo=shown.logo, offer=offer) if record and shown else [],
        "contacts": contacts_of(registration, record.contacts) if record else [],
        "refused_scopes": overview.rulings.refused,
        "events": events[:MOST_EVENTS],
        "earlier_events": events[MOST_EVENTS:],
    }
    return render(request, "registrations/detail.html", context)


@dataclass(frozen=True)
class DetailPage:
    """What the page of a registration offers to somebody with this role.

    ``wait`` is how long the decision may take, where one is awaited; ``secrets`` are those of a live client;
    ``changes`` are the differences to what is live; ``exceptions`` are the PKCE exceptions that matter today.
    """

    overview: RegistrationOverview
    role: str | None
    wait: ExpectedWait | None
    secrets: ClientSecrets
    changes: Sequence[Change]
    exceptions: Sequence[ExceptionNotice]

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
    def can_promote(self) -> bool:
        """Whether a registration for production can start from this one."""
        return self.may_act and self.overview.registration.can_be_promoted and self.promoted is None

    @cached_property
    def promoted(self) -> Registration | None:
        """The registration for production that was started from this client."""
        client = self.overview.registration
        return promoting.promoted_from(client) if client.can_be_promoted else None

    @cached_property
    def start_key(self) -> UUID:
        """The key of this page, so that it starts one registration for production."""
        return uuid4()

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
    def has_danger_zone(self) -> bool:
        """Whether there is something to discard, to take away or to close."""
        return self.can_submit or self.can_restrict or self.can_close

    @cached_property
    def tasks(self) -> list[Task]:
        """What waits for the partner, the most urgent first."""
        running = (one.exception.expires_on for one in self.exceptions if one.status is PkceStatus.IN_FORCE)
        is_changed, excepted_until = bool(self.changes), next(running, None)
        facts = TaskFacts.of(
            self.overview, self.secrets, is_changed=is_changed, excepted_until=excepted_until
        )
        return tasks(facts)

    @property
    def links(self) -> list[Task]:
        """Where else one can go on from here."""
        pages = ["check"] * self.can_submit + ["edit"] * self.can_edit
        possible = [task_on(page, self.overview) for page in pages]
        taken = {task.url for task in self.tasks}
        return [one for one in possible if one.url not in taken]

    @property
    def who_is_next(self) -> str:
        """Who acts next; empty where nothing waits for anybody."""
        if self.overview.under_review:
            return "Pleo"
        if self.tasks:
            return "you" if self.may_act else "your organisation"
        return ""

    @property
    def waited(self) -> str:
        """How long it has waited, in words, if that is over an hour and longer than usual; else empty."""
        waiting, now = self.overview.under_review, timezone.now()
        usual = self.wait.usual if self.wait else None
        if usual is None or waiting is None or now - waiting.submitted_at <= max(usual, _LEAST):
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

    @cached_property
    def threads(self) -> list[PartnerThread]:
        return threads_of(self.overview.registration)

    @property
    def open_threads(self) -> list[PartnerThread]:
        return [one for one in self.threads if not one.is_resolved]

    @property
    def settled_threads(self) -> list[PartnerThread]:
        return [one for one in self.threads if one.is_resolved]

    @property
    def shown_secrets(self) -> list[SecretRow]:
        """The secrets that wait or work."""
        return [one for one in self.secrets.rows if one.is_revocable]

    @property
    def changed_fields(self) -> set[str]:
        """The fields of the live version that the change is about."""
        return {change.field for change in self.changes}
