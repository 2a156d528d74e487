"""gunicorn's worker class: holds connections on an event loop and ends those whose client is too slow.

No deadline restarts with another byte. What one connection can make a process hold is bounded: one
request at a time, a limited size and number of headers, and a body only if its length is given.
"""

import asyncio
import os
import resource
import signal
import socket
import struct
from typing import Any, Final

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker

from portal.server.time_limits import HEADERS_SECONDS, allowed_seconds

MAX_HEADERS_SIZE: Final = 64 * 1024
"""Bytes of request line and headers; the parser itself has no limit."""
MAX_HEADERS: Final = 100
MAX_CONNECTIONS: Final = 8_192
"""Connections per process, if the system allows it enough open files."""
AT_A_TIME: Final = 128
"""The listen backlog, and how many connections asyncio accepts before it handles any of them."""
OTHER_FILES: Final = AT_A_TIME + 72
"""Open files besides the connections: those just accepted, the database, logos."""
GRACEFUL_SECONDS: Final = 25
"""How long a stopping worker waits for requests in progress: less than gunicorn's graceful_timeout."""
HEARTBEAT_SECONDS: Final = 5
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""Value for SO_LINGER (see socket(7)): on close, the kernel discards the connection and unsent data."""

log = structlog.stdlib.get_logger("portal.server")


class LastRequest(Exception):  # noqa: N818 — it stops the parser; nothing is wrong with the request
    """Stops the parser: nothing more is read, but the request in progress is still answered."""


class TimedProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection, with deadlines for sending headers and for reading answers.

    The gateway, which reads bodies, times those. Pipelined requests (RFC 9112, section 9.3.2) are not
    read: no browser and no proxy sends them.
    """

    headers_seconds = HEADERS_SECONDS
    allowed_seconds = staticmethod(allowed_seconds)
    most_connections = MAX_CONNECTIONS

    waiting: "dict[TimedProtocol, None]" = {}
    """This process's connections that wait for a request or its headers; the longest wait comes first."""

    _headers_deadline: asyncio.TimerHandle | None = None
    _reading_deadline: asyncio.TimerHandle | None = None
    _in_headers = False
    _headers_size = 0
    _hears = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting[self] = None
        self._headers_deadline = self.loop.call_later(self.headers_seconds, self._end, "headers too slow")
        if len(self.connections) > self.most_connections:
            next(iter(self.waiting))._end("too many connections")

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        _cancel(self._headers_deadline)
        _cancel(self._reading_deadline)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection open for the answer if the client has already sent a complete request."""
        if self._is_answering and not self.cycle.more_body:
            self._hear_no_more()
            return True
        return False

    def data_received(self, data: bytes) -> None:
        if not self._hears:
            return
        if not self._is_answering and self._headers_deadline is None:
            self._headers_deadline = self.loop.call_later(self.headers_seconds, self._end, "headers too slow")
        if self._reading_deadline is not None and not self.transport.get_write_buffer_size():
            self._reading_deadline.cancel()
            self._reading_deadline = None
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self._is_answering:
                self._hear_no_more()
            else:
                self.send_400_response("Invalid HTTP request received.")
            return
        self._headers_size += len(data) if self._in_headers else 0
        if self._headers_size > MAX_HEADERS_SIZE:
            self._end("headers too large")

    def on_message_begin(self) -> None:
        if self._is_answering:
            raise LastRequest
        self._in_headers, self._headers_size = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise ValueError("Too many headers.")

    def on_headers_complete(self) -> None:
        """Refuse headers that arrived in one piece and are too large, which `data_received` cannot notice.

        Stop reading before a body of unknown length: the portal refuses it, and trailers have no limit.
        """
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEADERS_SIZE:
            raise ValueError("Headers too large.")
        self._in_headers = False
        _cancel(self._headers_deadline)
        self._headers_deadline = None
        self.waiting.pop(self, None)
        super().on_headers_complete()
        if any(name == b"transfer-encoding" for name, _ in self.headers):
            raise LastRequest

    def on_response_complete(self) -> None:
        """Set a deadline for the client to read the rest of the answer, and wait for its next request."""
        unread = self.transport.get_write_buffer_size()
        if unread and self._reading_deadline is None:
            self._reading_deadline = self.loop.call_later(self.allowed_seconds(unread), self._end_unread)
        if not self.transport.is_closing():
            self.waiting[self] = None
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one whose client is still reading has its own deadline."""
        if not self.transport.get_write_buffer_size():
            super().timeout_keep_alive_handler()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _hear_no_more(self) -> None:
        """Ignore further data, and close the connection once the answer is written."""
        self._hears = False
        self.cycle.keep_alive = False

    def _end_unread(self) -> None:
        self._reading_deadline = None
        if self.transport.get_write_buffer_size():
            self._end("answer not read")

    def _end(self, why: str) -> None:
        """Drop the connection and unsent data at once; an orderly close would wait for the client."""
        self.waiting.pop(self, None)
        log.debug("connection_ended", why=why)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()


class Worker(UvicornWorker):
    """A gunicorn worker process that serves ``portal.asgi``."""

    CONFIG_KWARGS: dict[str, Any] = {
        "http": TimedProtocol,
        "loop": "asyncio",
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # portal/limits.py reads them instead
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,
        "timeout_notify": HEARTBEAT_SECONDS,
        "backlog": AT_A_TIME,
    }

    def init_process(self) -> None:
        """Raise this process's limit of open files, which decides how many connections it may hold."""
        wanted = MAX_CONNECTIONS + OTHER_FILES
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
        TimedProtocol.most_connections = max(files - OTHER_FILES, files // 2)
        super().init_process()

    async def callback_notify(self) -> None:
        """Also stop if gunicorn's first process is gone, since nothing else would stop this one."""
        await super().callback_notify()
        if os.getppid() != self.ppid:
            signal.raise_signal(signal.SIGTERM)


def _cancel(deadline: asyncio.TimerHandle | None) -> None:
    if deadline is not None:
        deadline.cancel()
