"""What has to happen to a database that was restored from a backup, before anybody uses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from portal.audit import events
from portal.epochs.models import Epoch
from portal.kept_forms import keeping
from portal.online_migrations import session_settings
from portal.outbox import queue
from portal.sessions import ending
from registrations.events import RegistrationEvent
from registrations.workflow import secrets
from registrations.workflow.verbs import one_transaction


@dataclass(frozen=True)
class Restored:
    """What :func:`begin_epoch` ended: how many secrets, sessions and kept forms."""

    epoch: UUID
    secrets: int
    sessions: int
    kept_forms: int


def begin_epoch() -> Restored:
    """Void what the backup brought back, and hold all emails until :func:`release_emails`.

    Secrets that wait to be revealed are destroyed, sessions and kept forms deleted, and the new epoch ends
    the links in emails. All of it is one transaction, however long it takes; doing it twice does no harm.
    """
    with session_settings(connection, statement_timeout="0"), one_transaction():
        queue.pause()
        epoch = Epoch.objects.create()
        voided = secrets.void_sealed(now=timezone.now())
        done = Restored(epoch.name, voided, ending.end_all(), keeping.forget_all())
        events.record(
            RegistrationEvent.BACKUP_RESTORED,
            by=None,
            stream=epoch.name,
            detail={"secrets": done.secrets, "sessions": done.sessions},
        )
        return done


def release_emails(*, drop_before: datetime | None = None) -> queue.Waiting | None:
    """Let the workers send what waits; None where the outbox was not paused.

    What was queued before ``drop_before``, the moment of the restore, is what the backup brought back: it is
    dropped. Returns how many emails there were of each kind.
    """
    with one_transaction():
        paused_at = queue.paused_since()
        if paused_at is None:
            return None
        found = queue.waiting(drop_before or paused_at)
        queue.release(drop_before=drop_before)
        events.record(
            RegistrationEvent.EMAILS_RELEASED,
            by=None,
            stream=UUID(Epoch.objects.current()),
            detail={"dropped": found.before if drop_before else 0},
        )
        return found
