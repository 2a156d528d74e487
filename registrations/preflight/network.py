"""The part of a pre-flight check that opens a socket (rule G-09).

The name is looked up once, every address in the answer is judged, and the connection goes to a judged
address: there is no second lookup that could answer differently. Certificate and SNI are those of the name.
One deadline covers all of it, and one limit all that is read. The request contains only the request line,
the host, our user agent and fixed headers; nothing of the response is kept.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, cast

from registrations.preflight import verdicts
from registrations.preflight.targets import Target
from registrations.preflight.verdicts import Verdict
from registrations.rules.addresses import Address, parse_ipv4

MOST_BYTES: Final = 64 * 1024
"""Limit for status line, headers and body together."""
MOST_CONNECTIONS: Final = 4
"""How many addresses of one name are tried, one after the other."""
USER_AGENT: Final = "pleo-client-registration-portal"
_STEP: Final = 8 * 1024


def look_up(host: str) -> list[str]:
    """The addresses of the host, as text. Raises ``OSError``.

    A name gets a final dot, so that the resolver does not try it below the domains of our own network.
    """
    name = host if ":" in host or parse_ipv4(host) else f"{host}."
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True)
class Internet:
    """The internet as a check uses it; tests pass in a small one of their own.

    ``trust`` makes the TLS context, ``seconds`` is the total time for one address.
    """

    look_up: Callable[[str], Sequence[str]] = look_up
    is_public: Callable[[Address], bool] = verdicts.is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    port: int = 443
    seconds: float = 5.0


def check(target: Target, internet: Internet) -> Verdict:
    """Check one address. A failure on the way is a verdict, not an exception."""
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
    except OSError:  # also a connection that is closed without an answer
        return Verdict.SILENT
    except HTTPException:
        return Verdict.FAULT


class _Deadline:
    """One deadline for everything that a check does."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline; raises ``TimeoutError`` once it has passed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _look_up_in_time(host: str, internet: Internet, deadline: _Deadline) -> Sequence[str]:
    """Look the host up in a thread and give up on it at the deadline.

    The system's resolver cannot be interrupted: a late one is left running in its thread.
    """
    answer: Future[Sequence[str]] = Future()

    def run() -> None:
        try:
            answer.set_result(internet.look_up(host))
        except OSError as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="preflight-lookup").start()
    return answer.result(timeout=deadline.left())


def _connect(addresses: Sequence[Address], port: int, deadline: _Deadline) -> socket.socket:
    """Connect to the first address that accepts; each gets an even share of the time that is left.

    The numbers that were judged are written out anew, so that nothing reads them differently.
    """
    tried = addresses[:MOST_CONNECTIONS]
    for after, address in enumerate(tried):
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with suppress(OSError), ExitStack() as until_connected:
            line = until_connected.enter_context(socket.socket(family, socket.SOCK_STREAM))
            line.settimeout(deadline.left() / (len(tried) - after))
            line.connect((address.text(), port))
            until_connected.pop_all()
            return line
    raise ConnectionError


def _ask(line: ssl.SSLSocket, target: Target, deadline: _Deadline) -> Verdict:
    """Request the page, if the target is one, and judge by the status line.

    The target's text contains no space and no line break. A page whose body never comes does not answer.
    """
    if target.resource is None:
        return Verdict.ANSWERS
    host = f"[{target.host}]" if ":" in target.host else target.host
    request = (
        f"GET {target.resource} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )
    line.settimeout(deadline.left())
    line.sendall(request.encode("ascii"))

    stream = _Stream(line, deadline)
    response = HTTPResponse(cast(socket.socket, stream), method="GET")
    response.begin()
    if stream.is_full:
        return Verdict.FAULT  # the limit was reached within the headers
    verdict = verdicts.of_status(response.status)
    if verdict is Verdict.ANSWERS:
        with suppress(HTTPException, ValueError):
            while response.read(_STEP):  # to the end or the limit; a merely claimed length reserves no memory
                pass
    return verdict


class _Stream(io.RawIOBase):
    """What the server sends, cut off at the deadline and at MOST_BYTES."""

    def __init__(self, line: ssl.SSLSocket, deadline: _Deadline) -> None:
        super().__init__()
        self._line, self._deadline, self._left = line, deadline, MOST_BYTES

    @property
    def is_full(self) -> bool:
        """Whether the limit is reached."""
        return self._left == 0

    def makefile(self, mode: str) -> io.BufferedReader:
        """The stream itself, buffered: ``http.client`` calls this on its socket."""
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
