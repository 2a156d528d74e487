"""The outbox worker: runs timed jobs, expands messages into deliveries, and sends the deliveries.

Any number of workers may run: each claims work with a conditional UPDATE, and no other takes it until
the lease ends. An attempt is counted when it begins, so work that kills its worker also ends as dead.
Temporary trouble is retried for a day. A bug is not retried; it waits for ``manage.py requeue``.
"""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.outbox.emails import Email, Recipient
from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, State
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
    done = sum(_run_job(job, stopped) for job in until(stopped, jobs))
    if not stopped():
        _bury_abandoned()
        done += sum(_expand(message, emails) for message in until(stopped, _unexpanded()))
    if not stopped():
        done += sum(_deliver(delivery, emails) for delivery in until(stopped, _due()))
    return done


def run_forever(emails: Emails, jobs: Jobs, stop: threading.Event) -> None:
    """Run rounds until ``stop`` is set; the email or item in progress is finished."""
    while not stop.is_set():
        if not _round(emails, jobs, stop.is_set):
            stop.wait(POLL_SECONDS)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many failures."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _round(emails: Emails, jobs: Jobs, stopped: Stopped) -> int:
    """Run one round; log a database error instead of ending the worker."""
    try:
        close_old_connections()
        return run_once(emails, jobs, stopped)
    except Error as error:
        log.error("round_failed", error=type(error).__name__)
        return 0


def _run_job(job: Job, stopped: Stopped) -> int:
    try:
        return job(stopped)
    except Exception as error:
        name = getattr(job, "__name__", "job")
        log.error("job_failed", job=name, error=type(error).__name__, exc_info=_is_bug(error))
        return 0


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, TROUBLE)


def _log_failure(event: str, error: Exception, **about: object) -> None:
    """Log trouble as a warning and a bug as an error with its traceback.

    The error's message is never logged, because it may quote an address.
    """
    write = log.error if _is_bug(error) else log.warning
    write(event, error=type(error).__name__, exc_info=_is_bug(error), **about)


def _email_of(message: OutboxMessage, emails: Emails) -> Email:
    if message.kind not in emails:
        raise UnknownEmail(message.kind)
    return emails[message.kind]


# --- Messages ------------------------------------------------------------------------------


def _unexpanded() -> list[OutboxMessage]:
    waiting = OutboxMessage.objects.filter(expanded_at=None, attempts__lt=MAX_ATTEMPTS)
    return list(waiting.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")[:BATCH])


def _expand(message: OutboxMessage, emails: Emails) -> int:
    """Create all deliveries of a message in one transaction, or none."""
    if not _claim_message(message):
        return 0
    try:
        with transaction.atomic():
            _write_deliveries(message, _email_of(message, emails))
    except Exception as error:  # noqa: BLE001 — a bug in one email must not hold up the others
        _give_up_or_wait(message, error)
        return 0
    return 1


def _give_up_or_wait(message: OutboxMessage, error: Exception) -> None:
    """Note the error of a message. A bug uses up all attempts, so that only requeue brings it back.

    The next attempt is already scheduled: claiming the message did that.
    """
    spent = {"attempts": MAX_ATTEMPTS} if _is_bug(error) else {}
    OutboxMessage.objects.filter(pk=message.pk).update(last_error=type(error).__name__, **spent)
    _log_failure("email_not_expanded", error, message=str(message.uuid))


def _claim_message(message: OutboxMessage) -> bool:
    """Claim a message and count the attempt; schedule the next one, in case this one dies."""
    same = OutboxMessage.objects.filter(pk=message.pk, expanded_at=None, attempts=message.attempts)
    due_at = timezone.now() + pause_after(message.attempts + 1)
    return bool(same.update(attempts=F("attempts") + 1, due_at=due_at))


def _write_deliveries(message: OutboxMessage, email: Email) -> None:
    fresh = OutboxMessage.objects.filter(pk=message.pk, expanded_at=None)
    if not fresh.update(expanded_at=timezone.now(), last_error=""):
        return
    recipients = dict.fromkeys(_bare(recipient) for recipient in email.recipients(message.ids))
    Delivery.objects.bulk_create(
        Delivery(message=message, recipient_id=recipient.user_id, address=recipient.address or "")
        for recipient in recipients
    )


def _bare(recipient: Recipient) -> Recipient:
    """The recipient without the address if they have an account, whose address is read when sending."""
    return recipient if recipient.user_id is None else Recipient(recipient.user_id)


# --- Deliveries ----------------------------------------------------------------------------


def _due() -> list[Delivery]:
    waiting = Delivery.objects.filter(
        _free(), state=State.WAITING, due_at__lte=timezone.now(), attempts__lt=MAX_ATTEMPTS
    )
    return list(waiting.select_related("message", "recipient").order_by("due_at", "pk")[:BATCH])


def _free() -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=timezone.now())


def _deliver(delivery: Delivery, emails: Emails) -> int:
    lease = uuid.uuid4().hex
    if not _claim(delivery, lease):
        return 0
    try:
        email = _email_of(delivery.message, emails)
        if not _still_meant(delivery, email):
            return _settle_dropped(delivery, lease)
        _send(delivery, email)
    except Exception as error:  # noqa: BLE001 — a bug in one email must not hold up the others
        _settle_failed(delivery, lease, error)
        return 0
    return _settle_sent(delivery, lease)


def _claim(delivery: Delivery, lease: str) -> bool:
    same = Delivery.objects.filter(_free(), pk=delivery.pk, state=State.WAITING, attempts=delivery.attempts)
    until = timezone.now() + LEASE
    return bool(same.update(lease_by=lease, lease_until=until, attempts=F("attempts") + 1))


def _still_meant(delivery: Delivery, email: Email) -> bool:
    """Whether the recipient should still get the email; they may have left or been deactivated since."""
    written = Recipient(delivery.recipient_id, delivery.address or None)
    return written in map(_bare, email.recipients(delivery.message.ids))


def _send(delivery: Delivery, email: Email) -> None:
    """Send the email, with the same Message-ID each time so that a repeat after a crash can be recognised."""
    account = delivery.recipient
    recipient = Recipient(delivery.recipient_id, account.email if account else delivery.address)
    mail = email.compose(delivery.message.ids, recipient)
    host = urlsplit(settings.PORTAL_BASE_URL).hostname
    mail.extra_headers["Message-ID"] = f"<{delivery.message.uuid}.{delivery.pk}@{host}>"
    mail.send()


def _settle_sent(delivery: Delivery, lease: str) -> int:
    return Delivery.objects.filter(pk=delivery.pk, lease_by=lease).update(
        state=State.SENT, sent_at=timezone.now(), lease_by="", lease_until=None, last_error=""
    )


def _settle_dropped(delivery: Delivery, lease: str) -> int:
    """Drop the delivery for good; if they become a recipient again, they get emails about later changes."""
    log.info("email_dropped", delivery=delivery.pk)
    return Delivery.objects.filter(pk=delivery.pk, lease_by=lease).update(
        state=State.DROPPED, lease_by="", lease_until=None
    )


def _settle_failed(delivery: Delivery, lease: str, error: Exception) -> None:
    """Schedule the next attempt, or mark the delivery dead after a bug or the last attempt.

    Stores only the class of the error, because its message may quote an address.
    """
    attempts = delivery.attempts + 1
    is_over = _is_bug(error) or attempts >= MAX_ATTEMPTS
    Delivery.objects.filter(pk=delivery.pk, lease_by=lease).update(
        state=State.DEAD if is_over else State.WAITING,
        due_at=timezone.now() + pause_after(attempts),
        lease_by="",
        lease_until=None,
        last_error=type(error).__name__,
    )
    about = {"message": str(delivery.message.uuid), "delivery": delivery.pk, "attempts": attempts}
    _log_failure("email_not_sent", error, **about)


def _bury_abandoned() -> None:
    """Mark deliveries dead whose worker died during the last attempt."""
    lost = Delivery.objects.filter(
        state=State.WAITING, attempts__gte=MAX_ATTEMPTS, lease_until__lte=timezone.now()
    )
    lost.update(state=State.DEAD, lease_by="", lease_until=None, last_error="WorkerLost")
