"""The part of a pre-flight check that opens a socket (rule G-09).

The name is looked up once, every address of the answer is judged, and the connection goes to a
judged address: a second lookup, which could answer otherwise, does not take place. Certificate
and SNI are those of the name. One deadline spans all of it, a limit all that is read. Nothing
is sent but the request line, the host and who asks; nothing of what comes back is kept.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, cast

from registrations.preflight import verdicts
from registrations.preflight.targets import Target
from registrations.preflight.verdicts import Verdict
from registrations.rules.addresses import Address, parse_ipv4

MOST_BYTES: Final = 64 * 1024
"""Of status line, headers and body together."""
MOST_CONNECTIONS: Final = 4
"""Addresses of one name that are tried, one after the other."""
USER_AGENT: Final = "pleo-client-registration-portal"
_STEP: Final = 8 * 1024


def look_up(host: str) -> list[str]:
    """The addresses of the host, as text. Raises ``OSError``.

    A name ends in a dot here, or the resolver would try it below the domains of our own network.
    """
    name = host if ":" in host or parse_ipv4(host) else f"{host}."
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True)
class Internet:
    """The internet as a check meets it; tests hand in a small one of their own.

    ``trust`` makes the TLS context, ``seconds`` is the time for one address, all in all.
    """

    look_up: Callable[[str], Sequence[str]] = look_up
    is_public: Callable[[Address], bool] = verdicts.is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    port: int = 443
    seconds: float = 5.0


def check(target: Target, internet: Internet) -> Verdict:
    """Look at one address. What goes wrong on the way is a verdict, not an exception."""
    deadline = _Deadline(internet.seconds)
    if not target.is_public:
        return Verdict.NOT_PUBLIC
    try:
        addresses = verdicts.read_addresses(_look_up_in_time(target.host, internet, deadline))
        if addresses is None or not all(internet.is_public(address) for address in addresses):
            return Verdict.NOT_PUBLIC
        with _connect(addresses, internet.port, deadline) as plain:
            plain.settimeout(deadline.left())
            with internet.trust().wrap_socket(plain, server_hostname=target.host) as line:
                return _ask(line, target, deadline)
    except ssl.SSLCertVerificationError:
        return Verdict.FAULT
    except OSError:  # also a line that is closed without a word
        return Verdict.SILENT
    except HTTPException:
        return Verdict.FAULT


class _Deadline:
    """One moment for all that a check does."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; raises ``TimeoutError`` once it has passed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _look_up_in_time(host: str, internet: Internet, deadline: _Deadline) -> Sequence[str]:
    """The system's resolver cannot be interrupted: one that is late is left to its own thread."""
    answer: Future[Sequence[str]] = Future()

    def run() -> None:
        try:
            answer.set_result(internet.look_up(host))
        except OSError as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="preflight-lookup").start()
    return answer.result(timeout=deadline.left())


def _connect(addresses: Sequence[Address], port: int, deadline: _Deadline) -> socket.socket:
    """To the first that takes the connection; each gets an even share of the time that is left."""
    tried = addresses[:MOST_CONNECTIONS]
    for after, address in enumerate(tried):
        with suppress(OSError):
            return _connect_to(address, port, deadline.left() / (len(tried) - after))
    raise ConnectionError


def _connect_to(address: Address, port: int, seconds: float) -> socket.socket:
    """Written anew from the number that was judged, so that nobody reads the text another way."""
    is_v4 = address.version == 4
    text = str(IPv4Address(address.number) if is_v4 else IPv6Address(address.number))
    line = socket.socket(socket.AF_INET if is_v4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect((text, port))
    except BaseException:
        line.close()
        raise
    return line


def _ask(line: ssl.SSLSocket, target: Target, deadline: _Deadline) -> Verdict:
    """Ask for the page, if a page it is. The target's text holds no blank and no line break."""
    if target.resource is None:
        return Verdict.ANSWERS
    host = f"[{target.host}]" if ":" in target.host else target.host
    request = (
        f"GET {target.resource} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )
    line.settimeout(deadline.left())
    line.sendall(request.encode("ascii"))
    return _read(_Stream(line, deadline))


def _read(stream: _Stream) -> Verdict:
    """By the status line. Of a page the body is awaited too: one that never comes is no answer."""
    response = HTTPResponse(cast(socket.socket, stream), method="GET")
    response.begin()
    if stream.is_full:
        return Verdict.FAULT  # and the head has not ended yet
    verdict = verdicts.of_status(response.status)
    if verdict is Verdict.ANSWERS:
        _throw_away_body(response)
    return verdict


def _throw_away_body(response: HTTPResponse) -> None:
    """To its end or to the limit, by steps: a length that is only claimed must reserve no memory."""
    with suppress(HTTPException, ValueError):
        while response.read(_STEP):
            pass


class _Stream(io.RawIOBase):
    """What the server sends, until the deadline and up to MOST_BYTES: it ends there."""

    def __init__(self, line: ssl.SSLSocket, deadline: _Deadline) -> None:
        super().__init__()
        self._line, self._deadline, self._left = line, deadline, MOST_BYTES

    @property
    def is_full(self) -> bool:
        """Whether all was read that may be read."""
        return self._left == 0

    def makefile(self, mode: str) -> io.BufferedReader:
        """As ``http.client`` asks its socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.is_full:
            return 0
        self._line.settimeout(self._deadline.left())
        taken = self._line.recv_into(memoryview(buffer)[: self._left])
        self._left -= taken
        return taken
