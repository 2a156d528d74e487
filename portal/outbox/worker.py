"""The outbox worker: runs timed jobs, expands messages into deliveries, and sends the deliveries.

Any number of workers may run: each claims work with a conditional UPDATE, and no other takes it until
the lease ends. An attempt is counted when it begins, so work that kills its worker also ends as dead.
Temporary trouble is retried for a day. A bug is not retried; it waits for ``manage.py requeue``.
"""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, close_old_connections, transaction
from django.utils import timezone

from portal.outbox.emails import Email, Recipient
from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, State
from portal.outbox.queue import paused_since
from portal.refusals import Refusal
from portal.sealing import SealingKeyProblem

LEASE = timedelta(minutes=5)
"""Longer than one delivery can take (portal.outbox.smtp.SECONDS)."""
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=6),
    timedelta(hours=8),
)
"""Pauses between the attempts: a day in all, since a mail server may be down overnight."""
RECIPIENTS_HOLD = timedelta(minutes=1)
"""How long the recipients of a message may be used before they are looked up again."""
POLL_SECONDS = 2.0
BATCH = 100


class UnknownEmail(Exception):  # noqa: N818 - nothing is at fault while two releases run side by side
    """A newer release queued a kind of email that this one does not know."""


TROUBLE = (
    OSError,  # the network, and all that smtplib raises
    Error,  # the database
    ObjectDoesNotExist,  # rows that the email is about have changed since
    SealingKeyProblem,
    UnknownEmail,
    Refusal,  # somebody changed the row before the job's verb got to it
)
"""Errors that may be gone at the next attempt. Anything else is a bug, which would only happen again."""

log = structlog.stdlib.get_logger("portal.outbox")

Emails = Mapping[str, Email]
Stopped = Callable[[], bool]
"""Returns whether the worker has to stop."""
Job = Callable[[Stopped], int]
Jobs = Sequence[Job]
Item = TypeVar("Item")


def never() -> bool:
    """The `Stopped` of a worker that nobody stops."""
    return False


def until(stopped: Stopped, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items one by one until the worker has to stop."""
    return takewhile(lambda _: not stopped(), items)


def run_once(emails: Emails, jobs: Jobs, stopped: Stopped = never) -> int:
    """Run one round and return how much it did: the jobs' own counts plus messages and emails.

    When ``stopped`` turns true, the round ends after the current email or item of a job.
    """
    done = sum(run_job(job, stopped) for job in until(stopped, jobs))
    if not stopped():
        Delivery.objects.abandoned().settle(State.DEAD, last_error="WorkerLost")
        messages = list(OutboxMessage.objects.to_expand()[:BATCH])
        done += sum(expand(message, emails) for message in until(stopped, messages))
    if not stopped():
        deliveries = list(Delivery.objects.due().select_related("message", "recipient")[:BATCH])
        readers = Readers(emails)
        done += sum(deliver(delivery, emails, readers) for delivery in until(stopped, deliveries))
    return done


def run_forever(emails: Emails, jobs: Jobs, stop: threading.Event) -> None:
    """Run rounds until ``stop`` is set; the email or item in progress is finished.

    While the outbox is paused, only the jobs run; the emails that they queue wait. A database error ends the
    round and is logged; the worker goes on.
    """
    held_since = None
    while not stop.is_set():
        try:
            close_old_connections()
            held_since = log_pause(held_since)
            done = run_once(emails, jobs, stop.is_set)
        except Error as error:
            log.error("round_failed", error=type(error).__name__)
            done = 0
        if not done:
            stop.wait(POLL_SECONDS)


def log_pause(known: datetime | None) -> datetime | None:
    """Log that the outbox was paused or released since ``known`` was read.

    Returns since when it is paused.
    """
    since = paused_since()
    if since and since != known:
        log.warning("outbox_paused", since=since.isoformat())
    elif known and not since:
        log.info("outbox_released")
    return since


def run_job(job: Job, stopped: Stopped) -> int:
    """Run a timed job; whatever it raises is logged, so that the emails are sent nevertheless."""
    try:
        return job(stopped)
    except Exception as error:
        name = getattr(job, "__name__", "job")
        log.error("job_failed", job=name, error=type(error).__name__, exc_info=_is_bug(error))
        return 0


def expand(message: OutboxMessage, emails: Emails) -> int:
    """Create all deliveries of a message in one transaction, or none; returns 1 or 0.

    An error is noted with the message, whose next attempt is scheduled already. A bug uses up all
    attempts, so that only requeue brings the message back.
    """
    if not message.claim(due_at=timezone.now() + pause_after(message.attempts + 1)):
        return 0
    row = OutboxMessage.objects.filter(pk=message.pk)
    try:
        with transaction.atomic():
            recipients = _email_of(message, emails).recipients(message.ids)
            if row.filter(expanded_at=None).update(expanded_at=timezone.now(), last_error=""):
                Delivery.objects.bulk_create(
                    Delivery(message=message, recipient_id=one.user_id, address=one.address or "")
                    for one in dict.fromkeys(recipient.as_stored() for recipient in recipients)
                )
    except Exception as error:  # noqa: BLE001 — a bug in one email must not hold up the others
        spent = {"attempts": MAX_ATTEMPTS} if _is_bug(error) else {}
        row.update(last_error=type(error).__name__, **spent)
        _log_failure("email_not_expanded", error, message=str(message.uuid))
        return 0
    return 1


class Readers:
    """Who should get each message now: looked up once for all its deliveries, for as long as that holds."""

    def __init__(self, emails: Emails) -> None:
        self._emails = emails
        self._found: dict[int, tuple[datetime, set[Recipient]]] = {}

    def of(self, message: OutboxMessage) -> set[Recipient]:
        """The recipients of the message. Raises what looking them up raises."""
        now = timezone.now()
        known = self._found.get(message.pk)
        if known is None or now - known[0] >= RECIPIENTS_HOLD:
            recipients = _email_of(message, self._emails).recipients(message.ids)
            known = now, {recipient.as_stored() for recipient in recipients}
            self._found[message.pk] = known
        return known[1]


def deliver(delivery: Delivery, emails: Emails, readers: Readers) -> int:
    """Send a delivery, or drop it where the recipient should no longer get the email; returns 1 or 0.

    They may have left or been deactivated since; if they become a recipient again, they get emails about
    later changes. After a failure the next attempt is scheduled; a bug or the last attempt makes the
    delivery dead.
    """
    lease = uuid.uuid4().hex
    if not delivery.claim(lease=lease, until=timezone.now() + LEASE):
        return 0
    row = Delivery.objects.filter(pk=delivery.pk, lease_by=lease)
    try:
        email = _email_of(delivery.message, emails)
        if Recipient(delivery.recipient_id, delivery.address or None) not in readers.of(delivery.message):
            log.info("email_dropped", delivery=delivery.pk)
            return row.settle(State.DROPPED)
        send(delivery, email)
    except Exception as error:  # noqa: BLE001 — a bug in one email must not hold up the others
        attempts = delivery.attempts + 1
        state = State.DEAD if _is_bug(error) or attempts >= MAX_ATTEMPTS else State.WAITING
        due_at = timezone.now() + pause_after(attempts)
        row.settle(state, due_at=due_at, last_error=type(error).__name__)
        about = {"message": str(delivery.message.uuid), "delivery": delivery.pk, "attempts": attempts}
        _log_failure("email_not_sent", error, **about)
        return 0
    return row.settle(State.SENT, sent_at=timezone.now(), last_error="")


def send(delivery: Delivery, email: Email) -> None:
    """Send the email, with the same Message-ID each time so that a repeat after a crash can be recognised."""
    account = delivery.recipient
    recipient = Recipient(delivery.recipient_id, account.email if account else delivery.address)
    mail = email.compose(delivery.message.ids, recipient)
    host = urlsplit(settings.PORTAL_BASE_URL).hostname
    mail.extra_headers["Message-ID"] = f"<{delivery.message.uuid}.{delivery.pk}@{host}>"
    mail.send()


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many failures."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _email_of(message: OutboxMessage, emails: Emails) -> Email:
    if message.kind not in emails:
        raise UnknownEmail(message.kind)
    return emails[message.kind]


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, TROUBLE)


def _log_failure(event: str, error: Exception, **about: object) -> None:
    """Log trouble as a warning and a bug as an error with its traceback.

    The error's message is never logged or stored, because it may quote an address.
    """
    write = log.error if _is_bug(error) else log.warning
    write(event, error=type(error).__name__, exc_info=_is_bug(error), **about)
