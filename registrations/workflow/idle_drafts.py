"""Drafts that nobody comes back to: an email says so in time, then they are discarded."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from portal.audit import events
from portal.outbox import queue
from portal.outbox.worker import Stopped, never
from registrations.events import RegistrationEvent
from registrations.models import Draft, Registration
from registrations.workflow.drafting import discard_draft
from registrations.workflow.due_rows import BATCH, run_for_each


def remind_due(stopped: Stopped = never) -> int:
    """Email the people of each draft that will be discarded, once for each time that it fell idle: a job of
    the worker."""
    due = Draft.objects.to_remind().order_by("updated_at", "pk")
    rows = due.values_list("registration__uuid", "registration__uuid")
    return run_for_each(rows[:BATCH], _remind, stopped)


def discard_due(rows: QuerySet[Draft], stopped: Stopped = never) -> int:
    """Discard the drafts, each as its own verb does: a registration that was never submitted is closed with
    it, any other goes on without it. Returns how many there were."""

    def discard(registration: Registration, _: UUID) -> bool:
        draft = rows.filter(registration=registration).first()
        if draft is None:  # somebody saved it meanwhile
            return False
        discard_draft(registration, draft, event=RegistrationEvent.DRAFT_LAPSED, by=None)
        return True

    due = rows.order_by("updated_at", "pk").values_list("registration__uuid", "registration__uuid")
    return run_for_each(due[:BATCH], discard, stopped)


def _remind(registration: Registration, _: UUID) -> bool:
    now = timezone.now()
    if not Draft.objects.to_remind().filter(registration=registration).update(reminded_at=now):
        return False
    events.record(RegistrationEvent.DRAFT_REMINDED, by=None, stream=registration.uuid)
    queue.enqueue("draft_idle", registration_id=registration.pk)
    return True
