"""How often something may be done: counters in the database, shared by all processes.

A window is fixed and begins with its first use. Keys (an address, an account) are stored as keyed
hashes, so that the table tells nobody who tried what.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.models import LimitCounter

ADDRESS_AND_PORT = re.compile(r"\A\[([^\]]*)\](?::[0-9]+)?\Z|\A([0-9.]+):[0-9]+\Z")


@dataclass(frozen=True)
class Limit:
    """At most ``allowed`` uses in ``seconds``, for each key."""

    name: str
    allowed: int
    seconds: int


SIGN_UP = Limit("sign_up", allowed=10, seconds=3600)
SIGN_IN = Limit("sign_in", allowed=30, seconds=600)
SIGN_IN_ANY = Limit("sign_in_any", allowed=100, seconds=600)
PASSWORD_AGAIN = Limit("password_again", allowed=20, seconds=600)
RESET_EMAIL = Limit("reset_letter", allowed=1, seconds=300)
START = Limit("start", allowed=60, seconds=3600)
SUBMIT = Limit("submit", allowed=20, seconds=3600)
LOGO = Limit("logo", allowed=30, seconds=3600)
REVEAL = Limit("reveal", allowed=60, seconds=600)
REVEAL_ASTRAY = Limit("reveal_astray", allowed=60, seconds=600)
"""Secrets that are not the person's to see: each try leaves an event for ever."""
ROTATE = Limit("rotate", allowed=300, seconds=3600)
"""Secrets issued: each leaves a row and events for ever. Stopping one is never too often."""
LIVE_CHECK = Limit("live_check", allowed=120, seconds=60)


class TooManyRequests(Exception):  # noqa: N818 — the name of the status, RFC 6585 section 4
    """The limit is spent; ``retry_after`` is the number of seconds until the window ends."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests; try again in {retry_after} seconds.")
        self.retry_after = retry_after


# One statement, so that no two requests can both take the last use.
UPSERT = """
    INSERT INTO portal_limitcounter AS counter (key, spent, window_ends) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        spent = CASE WHEN counter.window_ends <= %s THEN 1
                     WHEN counter.spent > %s THEN counter.spent
                     ELSE counter.spent + 1 END,
        window_ends = CASE WHEN counter.window_ends <= %s THEN excluded.window_ends
                           ELSE counter.window_ends END
    RETURNING spent, window_ends
"""


def spend(limit: Limit, key: str) -> None:
    """Count one use of ``limit`` by ``key``; raises TooManyRequests when none is left.

    Call it before the verb: inside the verb's transaction a rollback would give the use back.
    """
    now = int(timezone.now().timestamp())
    ends = now + limit.seconds
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [_hashed(limit, key), ends, now, limit.allowed, now])
        ((spent, window_ends),) = cursor.fetchall()
    if spent > limit.allowed:
        raise TooManyRequests(retry_after=max(1, window_ends - now))


def forget_past_windows() -> int:
    """A timed job: delete the counters whose window is over. Answers with their number."""
    now = int(timezone.now().timestamp())
    return LimitCounter.objects.filter(window_ends__lte=now).delete()[0]


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw, or the peer's where none tells.

    Only the last TRUSTED_PROXY_COUNT entries of X-Forwarded-For were written by proxies of ours. One that
    is missing or holds no address is ignored. The answer is empty for a peer on a socket that is a file.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = _address_in(hops[-trusted]) if 0 < trusted <= len(hops) else None
    return str(forwarded or _address_in(peer) or peer)


def client_network(request: HttpRequest) -> str:
    """What limits count by: an IPv4 address, or the /64 network of an IPv6 address.

    RFC 6177 section 2: no site gets less than a /64, so an address in it costs nothing.
    """
    text = client_address(request)
    address = _address_in(text)
    if not isinstance(address, ipaddress.IPv6Address):
        return text
    return str(ipaddress.ip_network((int(address), 64), strict=False))


class TooManyRequestsMiddleware:
    """Answers 429 with Retry-After (RFC 6585 section 4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyRequests):
            return None
        context = {"retry_after": exception.retry_after}
        response = render(request, "429.html", context, status=429)
        response["Retry-After"] = str(exception.retry_after)
        return response


def _hashed(limit: Limit, key: str) -> str:
    return salted_hmac(f"portal.limits.{limit.name}", key, algorithm="sha256").hexdigest()


def _address_in(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in what a proxy wrote down, perhaps with brackets and a port; None for anything else."""
    text = ADDRESS_AND_PORT.sub(r"\1\2", hop.strip())
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    return None if address.scope_id else address.ipv4_mapped or address
