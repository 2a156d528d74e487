"""Wrong passwords: counted, and slowed down by a growing delay that locks nobody out.

Each try counts as a failure before its password is checked, in one statement, so that of many tries at the
same moment no more get through than of as many in a row; a right password takes its own try back. While a
delay lasts, tries are refused without a look at the password, and do not lengthen it.

- A browser in which the owner signed in before (``known_devices``) has a count of its own. Strangers cannot
  delay it, and it is not held up by what others on its network do.
- Every other try is counted for the typed address, with or without an account, and for its network. Strangers
  with many networks slow an account down. Its owner signs in from a known device, by an emailed link or a
  passkey, or between two delays.
- A network is delayed for how many different accounts fail there, not for the slips of one person, and in the
  end for a very large number of failures.

A right password leaves all other failures counted: an attacker could alternate with a password of their own,
and the guesses of strangers go on after the owner has signed in. The owner's device becomes known by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, F, Value, When
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts import known_devices
from portal.accounts.events import AccountEvent
from portal.accounts.models import User
from portal.audit.events import record, record_refusal
from portal.keyed_hashes import keyed_hash
from portal.limits import TooManyRequests, client_network
from portal.models import FailedSignIns, GuessCounter
from portal.outbox.queue import enqueue
from portal.outbox.worker import Stopped, never

HOUR: Final = 60 * 60
DAY: Final = 24 * HOUR
SIGN_INS: Final = UUID("7a7f273a-05cc-442e-a566-f7d9a0b7c913")
"""The stream of the hourly summaries, which are about nobody."""
TELL_FROM: Final = 10
"""Failures at one account in its window, from known devices apart, after which its owner is told."""


@dataclass(frozen=True)
class Ladder:
    """How long to wait after a failure.

    Not at all after the first ``free``, then ``first`` seconds, and twice as long after each further one, up
    to ``longest``. Counts begin anew ``window`` seconds after the first failure.
    """

    name: str
    free: int
    window: int
    first: int = 15
    doublings: int = 6

    @property
    def longest(self) -> int:
        return self.first << self.doublings

    def rungs(self) -> list[tuple[int, int]]:
        """The counts after which the delay grows, each with its delay in seconds."""
        return [(self.free + rung + 1, self.first << rung) for rung in range(self.doublings + 1)]


ACCOUNT: Final = Ladder("account", free=5, window=DAY)
DEVICE: Final = Ladder("device", free=5, window=DAY)
SIGNED_IN: Final = Ladder("signed_in", free=5, window=DAY)
"""Of somebody signed in who enters their own password again; only sessions of the account use it up."""
NETWORK: Final = Ladder("network", free=300, window=HOUR)
ACCOUNTS_OF_NETWORK: Final = Ladder("network", free=20, window=HOUR)

# One statement, so that no two tries can both be the last one before a delay. It returns nothing while one
# lasts.
CLAIM = """
    INSERT INTO portal_guesscounter AS counter
        (key, failures, accounts, seen, delayed_until, window_ends, told_at)
    VALUES (%(key)s, 1, 0, 0, 0, %(ends)s, 0)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN counter.window_ends <= %(now)s THEN 1 ELSE counter.failures + 1 END,
        accounts = CASE WHEN counter.window_ends <= %(now)s THEN 0 ELSE counter.accounts END,
        seen = CASE WHEN counter.window_ends <= %(now)s THEN 0 ELSE counter.seen END,
        delayed_until = CASE
            WHEN counter.window_ends <= %(now)s OR counter.failures < %(free)s THEN 0
            WHEN counter.failures >= %(free)s + %(doublings)s THEN %(now)s + %(longest)s
            ELSE %(now)s + (%(first)s << (counter.failures - %(free)s)) END,
        window_ends = CASE WHEN counter.window_ends <= %(now)s THEN excluded.window_ends
                           ELSE counter.window_ends END
    WHERE counter.delayed_until <= %(now)s
    RETURNING failures, delayed_until
"""
COUNT_FAILED = """
    INSERT INTO portal_failedsignins AS counter (hour, delayed, unknown) VALUES (%s, %s, %s)
    ON CONFLICT (hour) DO UPDATE SET
        delayed = counter.delayed + excluded.delayed, unknown = counter.unknown + excluded.unknown
"""


class SignInDelayed(TooManyRequests):
    """A try to sign in came during a delay; its page offers the ways that no delay stops."""

    template = "account/sign_in_delayed.html"


@dataclass(frozen=True)
class Claim:
    """A try that is counted as a failure until its password proves right."""

    ladder: Ladder
    key: str
    failures: int
    delayed_until: int


class Attempt:
    """One try of a password, for which ``claims`` are counted."""

    def __init__(self, event: AccountEvent) -> None:
        self.event = event
        self.claims: list[Claim] = []

    def claim(self, ladder: Ladder, subject: str) -> None:
        """Count the try. During a delay it takes back what was counted, and raises TooManyRequests."""
        now = _now()
        key = keyed_hash(subject, purpose=f"portal.accounts.guessing.{ladder.name}")
        steps = {name: getattr(ladder, name) for name in ("free", "first", "doublings", "longest")}
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, {"key": key, "now": now, "ends": now + ladder.window, **steps})
            row = cursor.fetchone()
        if row:
            self.claims.append(Claim(ladder, key, *row))
            return
        self.passed()
        count_failed(delayed=1)
        until = GuessCounter.objects.filter(key=key).values_list("delayed_until", flat=True).first() or 0
        refusal = TooManyRequests if ladder is SIGNED_IN else SignInDelayed
        raise refusal(retry_after=max(1, until - now))

    def passed(self) -> None:
        """Take the try back, with the delay that it began: the password was right, or nobody looked at it."""
        if not self.claims:
            return
        own = [When(key=one.key, delayed_until=one.delayed_until, then=Value(0)) for one in self.claims]
        counted = GuessCounter.objects.filter(key__in=[one.key for one in self.claims], failures__gt=0)
        delayed_until = Case(*own, default=F("delayed_until"), output_field=BigIntegerField())
        counted.update(failures=F("failures") - 1, delayed_until=delayed_until)

    def failed(self, person: User | None) -> None:
        """Record that the password was wrong; ``person`` is the owner of the account, if there is one."""
        for one in self.claims:
            if one.ladder is NETWORK:
                _mark_account(one.key, self.claims[0].key)
        if person:
            by = person if self.event is AccountEvent.PASSWORD_AGAIN else None
            where = {"from": self.claims[0].ladder.name}
            record_refusal(self.event, by=by, stream=person.pseudonym, detail=where)
        else:
            count_failed(unknown=1)
        for one in self.claims:
            if one.ladder is ACCOUNT and one.failures >= TELL_FROM:
                _tell_owner(one.key, person)


def begin_sign_in(request: HttpRequest, address: str, person: User | None) -> Attempt:
    """Count a try to sign in, before its password is checked. Raises TooManyRequests during a delay."""
    attempt = Attempt(AccountEvent.SIGN_IN)
    if device := known_devices.device_of(request, person):
        attempt.claim(DEVICE, device)
    else:
        attempt.claim(ACCOUNT, address)
        attempt.claim(NETWORK, client_network(request))
    return attempt


def is_own_password(person: User, password: str) -> bool:
    """Whether somebody who is signed in entered their own password. Raises TooManyRequests during a delay."""
    attempt = Attempt(AccountEvent.PASSWORD_AGAIN)
    attempt.claim(SIGNED_IN, str(person.pk))
    if person.check_password(password):
        attempt.passed()
        return True
    attempt.failed(person)
    return False


def _mark_account(network: str, account: str) -> None:
    """Count that another account failed from the network; one that did before is not counted again."""
    bit = 1 << int(account[:8], 16) % 62
    now = _now()
    rungs = ACCOUNTS_OF_NETWORK.rungs()
    delays = [When(accounts=count - 1, then=Value(now + delay)) for count, delay in rungs]
    last, longest = rungs[-1]
    delays.append(When(accounts__gte=last, then=Value(now + longest)))
    unseen = GuessCounter.objects.alias(marked=F("seen").bitand(bit)).filter(key=network, marked=0)
    unseen.update(
        accounts=F("accounts") + 1,
        seen=F("seen").bitor(bit),
        delayed_until=Case(*delays, default=F("delayed_until"), output_field=BigIntegerField()),
    )


def _tell_owner(account: str, person: User | None) -> None:
    """Email the owner, at most once a day, that somebody guesses their password.

    Without an account, the same is queued for nobody, so that the work is the same.
    """
    now = _now()
    with transaction.atomic():
        if GuessCounter.objects.filter(key=account, told_at__lte=now - DAY).update(told_at=now):
            enqueue("account_guessed", user=person.pk if person else 0)


def count_failed(*, delayed: int = 0, unknown: int = 0) -> None:
    """Count a failed sign-in that leaves no event of its own: during a delay, or for an unknown address."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_FAILED, [_now() // HOUR * HOUR, delayed, unknown])


def summarise_due(stopped: Stopped = never) -> int:
    """Write one event for every hour that is over and had such failures: a job of the worker."""
    written = 0
    for row in FailedSignIns.objects.filter(hour__lte=_now() - HOUR).order_by("hour")[:100]:
        if stopped():
            break
        counts = {"delayed": row.delayed, "unknown": row.unknown}
        with transaction.atomic():
            # Somebody may still count on it, or another worker have it; the next round finds what is left.
            if FailedSignIns.objects.filter(hour=row.hour, **counts).delete()[0]:
                detail = {**counts, "from": datetime.fromtimestamp(row.hour, UTC).isoformat()}
                record(AccountEvent.SIGN_INS_FAILED, by=None, stream=SIGN_INS, detail=detail)
                written += 1
    return written


def forget_past_windows(_stopped: Callable[[], bool] | None = None) -> int:
    """Delete the counters whose window and delay are over, and return their number: a job of the worker.

    Whose owner was told within a day is kept, so that they are not told again.
    """
    now = _now()
    over = GuessCounter.objects.filter(window_ends__lte=now, delayed_until__lte=now)
    return over.filter(told_at__lte=now - DAY).delete()[0]


def _now() -> int:
    return int(timezone.now().timestamp())
