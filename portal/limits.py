"""Rate limits: counters in the database, shared by all processes.

A window has a fixed length and begins with its first use. Keys (an address, an account) are stored as
keyed hashes, so that the table does not reveal who tried what.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.json_answers import refused_in_json, wants_json
from portal.keyed_hashes import keyed_hash
from portal.models import LimitCounter
from portal.refusal_pages import refusal_page

ADDRESS_AND_PORT = re.compile(r"\A\[([^\]]*)\](?::[0-9]+)?\Z|\A([0-9.]+):[0-9]+\Z")


@dataclass(frozen=True)
class Limit:
    """At most ``allowed`` uses in ``seconds`` for each key."""

    name: str
    allowed: int
    seconds: int


SIGN_UP = Limit("sign_up", allowed=10, seconds=3600)
SECOND_FACTOR = Limit("second_factor", allowed=10, seconds=600)
"""Codes of an app and recovery codes, for each account: only who has its password or a session tries any."""
LOST_FACTOR = Limit("lost_factor", allowed=5, seconds=86_400)
RESET_EMAIL = Limit("reset_letter", allowed=1, seconds=300)
SIGN_IN_LINK = Limit("sign_in_link", allowed=1, seconds=120)
"""Emails with a link to sign in, for each address."""
SIGN_IN_LINK_ANY = Limit("sign_in_link_any", allowed=30, seconds=600)
"""Requests for such links, for each network."""
PROVIDER = Limit("provider", allowed=60, seconds=600)
"""Sign-ins that lead to the provider, for each network: each asks it for its addresses."""
CHANGE_EMAIL = Limit("change_email", allowed=5, seconds=3600)
JOIN = Limit("join", allowed=5, seconds=86400)
INVITE = Limit("invite", allowed=20, seconds=86400)
"""Invitations of one organisation: each is an email to whatever address somebody typed."""
START = Limit("start", allowed=60, seconds=3600)
SUBMIT = Limit("submit", allowed=20, seconds=3600)
MESSAGE = Limit("message", allowed=20, seconds=3600)
CONTACT_AGAIN = Limit("contact_again", allowed=3, seconds=86400)
"""Emails that ask one contact again to confirm."""
CONTACT_LINK = Limit("contact_link", allowed=120, seconds=600)
"""Pages that the links to contacts open, for each network."""
LOGO = Limit("logo", allowed=30, seconds=3600)
REVEAL = Limit("reveal", allowed=60, seconds=600)
REVEAL_ASTRAY = Limit("reveal_astray", allowed=60, seconds=600)
"""Attempts to reveal secrets that the user may not see."""
ROTATE = Limit("rotate", allowed=300, seconds=3600)
"""Issuing secrets: each leaves a row and events that are never deleted. Revoking has no limit."""
KEEP_FORM = Limit("keep_form", allowed=60, seconds=3600)
"""Forms that are kept because they came without a session or with an expired token, for each network."""
LIVE_CHECK = Limit("live_check", allowed=120, seconds=60)
AUTOSAVE = Limit("autosave", allowed=60, seconds=60)


class TooManyRequests(Exception):  # noqa: N818 — the name of the status, RFC 6585 section 4
    """A limit is used up; ``retry_after`` is the number of seconds until its window ends."""

    template: ClassVar[str] = "429.html"

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
    """Count one use of ``limit`` by ``key``. Raises TooManyRequests when none is left.

    Call it before the verb: inside the verb's transaction, a rollback would undo the count.
    """
    now = int(timezone.now().timestamp())
    ends = now + limit.seconds
    hashed = keyed_hash(key, purpose=f"portal.limits.{limit.name}")
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [hashed, ends, now, limit.allowed, now])
        ((spent, window_ends),) = cursor.fetchall()
    if spent > limit.allowed:
        raise TooManyRequests(retry_after=max(1, window_ends - now))


def forget_past_windows(_stopped: Callable[[], bool] | None = None) -> int:
    """Delete the counters whose window is over, and return their number: a job of the worker.

    It is one statement, so there is no point at which it could stop.
    """
    now = int(timezone.now().timestamp())
    return LimitCounter.objects.filter(window_ends__lte=now).delete()[0]


def client_address(request: HttpRequest) -> str:
    """The client's address as the outermost trusted proxy saw it, or else the peer's address.

    Only the last TRUSTED_PROXY_COUNT entries of X-Forwarded-For come from our own proxies. An entry that
    is missing or holds no address is ignored. The result is empty for a peer on a Unix socket.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = _address_in(hops[-trusted]) if 0 < trusted <= len(hops) else None
    return str(forwarded or _address_in(peer) or peer)


def client_network(request: HttpRequest) -> str:
    """The network that limits count by: an IPv4 address, or the /64 of an IPv6 address.

    RFC 6177 section 2: every site gets at least a /64, so a client can change its address in it freely.
    """
    text = client_address(request)
    address = _address_in(text)
    if not isinstance(address, ipaddress.IPv6Address):
        return text
    return str(ipaddress.ip_network((int(address), 64), strict=False))


class TooManyRequestsMiddleware:
    """Answers TooManyRequests with 429 and Retry-After (RFC 6585 section 4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, TooManyRequests) else None


def refused(request: HttpRequest, refusal: TooManyRequests) -> HttpResponse:
    """The answer for a limit that is used up."""
    response: HttpResponse
    if wants_json(request):
        response = refused_in_json("There were too many requests in a short time.", status=429)
    else:
        response = refusal_page(request, refusal.template, {"retry_after": refusal.retry_after}, status=429)
    response["Retry-After"] = str(refusal.retry_after)
    return response


def _address_in(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Parse an address, perhaps with brackets and a port; None for anything else."""
    text = ADDRESS_AND_PORT.sub(r"\1\2", hop.strip())
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    return None if address.scope_id else address.ipv4_mapped or address
