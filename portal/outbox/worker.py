"""The outbox worker: runs timed jobs, expands messages into deliveries, and sends the deliveries.

Any number of workers may run: each claims work with a conditional UPDATE, and no other takes it until
the lease ends. An attempt is counted when it begins, so work that kills its worker also ends as dead.
Temporary trouble is retried for a day. A bug is not retried; it waits for ``manage.py requeue``.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http.client import HTTPException
from itertools import takewhile
from typing import TypeVar

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, close_old_connections, transaction
from django.utils import timezone

from portal.outbox.kinds import Kind, NotAccepted, Recipient
from portal.outbox.models import MAX_ATTEMPTS, Delivery, OutboxMessage, State
from portal.outbox.queue import paused_since
from portal.refusals import Refusal
from portal.sealing import SealingKeyProblem

LEASE = timedelta(minutes=5)
"""Longer than one delivery can take (SECONDS in portal.outbox.smtp and portal.webhooks.sending)."""
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=6),
    timedelta(hours=8),
)
"""Pauses between the attempts: a day in all, since the other side may be down overnight."""
RECIPIENTS_HOLD = timedelta(minutes=1)
"""How long the recipients of a message may be used before they are looked up again."""
POLL_SECONDS = 2.0
TURN_SECONDS = 5.0
"""How long a round sends to one server before it goes on: one that lets us wait holds up neither the other
servers nor the jobs."""
BATCH = 100


class UnknownKind(Exception):  # noqa: N818 - nothing is at fault while two releases run side by side
    """A newer release queued a kind of message that this one does not know."""


TROUBLE = (
    OSError,  # the network, and all that smtplib raises
    HTTPException,  # an answer that is not HTTP
    NotAccepted,
    Error,  # the database
    ObjectDoesNotExist,  # rows that the message is about have changed since
    SealingKeyProblem,
    UnknownKind,
    Refusal,  # somebody changed the row before the job's verb got to it
)
"""Errors that may be gone at the next attempt. Anything else is a bug, which would only happen again."""

log = structlog.stdlib.get_logger("portal.outbox")

Kinds = Mapping[str, Kind]
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


def run_once(kinds: Kinds, jobs: Jobs, stopped: Stopped = never) -> int:
    """Run one round and return how much it did: the jobs' own counts plus messages and deliveries.

    When ``stopped`` turns true, the round ends after the current delivery or item of a job.
    """
    done = sum(run_job(job, stopped) for job in until(stopped, jobs))
    if not stopped():
        Delivery.objects.abandoned().settle(State.DEAD, last_error="WorkerLost")
        messages = list(OutboxMessage.objects.to_expand()[:BATCH])
        done += sum(expand(message, kinds) for message in until(stopped, messages))
    if not stopped():
        readers = Readers(kinds)
        for due in Delivery.objects.due().by_server():
            deliveries = list(due.select_related("message", "recipient")[:BATCH])
            turn = until(_over_or(stopped), deliveries)
            done += sum(deliver(delivery, kinds, readers) for delivery in turn)
    return done


def run_forever(kinds: Kinds, jobs: Jobs, stop: threading.Event) -> None:
    """Run rounds until ``stop`` is set; the delivery or item in progress is finished.

    While the outbox is paused, only the jobs run; what they queue waits. A database error ends the round and
    is logged; the worker goes on.
    """
    held_since = None
    while not stop.is_set():
        try:
            close_old_connections()
            held_since = log_pause(held_since)
            done = run_once(kinds, jobs, stop.is_set)
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
    """Run a timed job; whatever it raises is logged, so that what is queued is sent nevertheless."""
    try:
        return job(stopped)
    except Exception as error:
        name = getattr(job, "__name__", "job")
        log.error("job_failed", job=name, error=type(error).__name__, exc_info=_is_bug(error))
        return 0


def expand(message: OutboxMessage, kinds: Kinds) -> int:
    """Create all deliveries of a message in one transaction, or none; returns 1 or 0.

    An error is noted with the message, whose next attempt is scheduled already. A bug uses up all
    attempts, so that only requeue brings the message back.
    """
    if not message.claim(due_at=timezone.now() + pause_after(message.attempts + 1)):
        return 0
    row = OutboxMessage.objects.filter(pk=message.pk)
    try:
        with transaction.atomic():
            recipients = _kind_of(message, kinds).recipients(message.ids)
            if row.filter(expanded_at=None).update(expanded_at=timezone.now(), last_error=""):
                Delivery.objects.bulk_create(
                    Delivery(
                        message=message,
                        recipient_id=one.user_id,
                        address=one.address or "",
                        target=one.target,
                    )
                    for one in dict.fromkeys(recipient.as_stored() for recipient in recipients)
                )
    except Exception as error:  # noqa: BLE001 — a bug in one message must not hold up the others
        spent = {"attempts": MAX_ATTEMPTS} if _is_bug(error) else {}
        row.update(last_error=_in_short(error), **spent)
        _log_failure("message_not_expanded", error, message=str(message.uuid))
        return 0
    return 1


class Readers:
    """Who should get each message now: looked up once for all its deliveries, for as long as that holds."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._found: dict[int, tuple[datetime, set[Recipient]]] = {}

    def of(self, message: OutboxMessage) -> set[Recipient]:
        """The recipients of the message. Raises what looking them up raises."""
        now = timezone.now()
        known = self._found.get(message.pk)
        if known is None or now - known[0] >= RECIPIENTS_HOLD:
            recipients = _kind_of(message, self._kinds).recipients(message.ids)
            known = now, {recipient.as_stored() for recipient in recipients}
            self._found[message.pk] = known
        return known[1]


def deliver(delivery: Delivery, kinds: Kinds, readers: Readers) -> int:
    """Send a delivery, or drop it where the recipient should no longer get the message; returns 1 or 0.

    They may have left or been deactivated since; if they become a recipient again, they hear of later
    changes. After a failure the next attempt is scheduled; a bug or the last attempt makes the
    delivery dead.
    """
    lease = uuid.uuid4().hex
    if not delivery.claim(lease=lease, until=timezone.now() + LEASE):
        return 0
    row = Delivery.objects.filter(pk=delivery.pk, lease_by=lease)
    try:
        kind = _kind_of(delivery.message, kinds)
        recipient = Recipient(delivery.recipient_id, delivery.address or None, delivery.target)
        if recipient not in readers.of(delivery.message):
            log.info(f"{delivery.means}_dropped", delivery=delivery.pk)
            return row.settle(State.DROPPED)
        kind.send(delivery)
    except Exception as error:  # noqa: BLE001 — a bug in one message must not hold up the others
        attempts = delivery.attempts + 1
        state = State.DEAD if _is_bug(error) or attempts >= MAX_ATTEMPTS else State.WAITING
        due_at = timezone.now() + pause_after(attempts)
        row.settle(state, due_at=due_at, last_error=_in_short(error))
        about = {"message": str(delivery.message.uuid), "delivery": delivery.pk, "attempts": attempts}
        _log_failure(f"{delivery.means}_not_sent", error, **about)
        return 0
    return row.settle(State.SENT, sent_at=timezone.now(), last_error="")


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many failures."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _over_or(stopped: Stopped) -> Stopped:
    """``stopped``, and true as well once the turn of a server is over."""
    end = time.monotonic() + TURN_SECONDS
    return lambda: stopped() or time.monotonic() >= end


def _kind_of(message: OutboxMessage, kinds: Kinds) -> Kind:
    if message.kind not in kinds:
        raise UnknownKind(message.kind)
    return kinds[message.kind]


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, TROUBLE)


def _in_short(error: Exception) -> str:
    """The error as it is stored, logged and shown.

    Its own message is left out, because it may quote an address.
    """
    return str(error) if isinstance(error, NotAccepted) else type(error).__name__


def _log_failure(event: str, error: Exception, **about: object) -> None:
    """Log trouble as a warning and a bug as an error with its traceback."""
    write = log.error if _is_bug(error) else log.warning
    write(event, error=_in_short(error), exc_info=_is_bug(error), **about)
