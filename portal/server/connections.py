"""The worker class of gunicorn: connections on an event loop, ended where their client is too slow.

No deadline here begins again with a further byte.
"""

import asyncio
from typing import Any, Final

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker

from portal.server.time_limits import HEADERS_SECONDS, allowed_seconds

MAX_HEADERS: Final = 64 * 1024
"""Bytes of request line and headers; the parser itself would take any number."""
GRACEFUL_SECONDS: Final = 25
"""How long a stopping worker waits for requests in progress: less than gunicorn's graceful_timeout."""

log = structlog.stdlib.get_logger("portal.server")


class TimedProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection, whose client has to send headers and to read answers in time.

    Bodies are timed by the gateway, which asks for them.
    """

    _deadline: asyncio.TimerHandle | None = None
    _in_headers = False
    _headers_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end_after(HEADERS_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_never()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests and self._deadline is None:
            self._end_after(HEADERS_SECONDS)
        super().data_received(data)
        if self._in_headers:
            self._headers_size += len(data)
            if self._headers_size > MAX_HEADERS:
                self._end("headers too large")

    def on_message_begin(self) -> None:
        self._in_headers, self._headers_size = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._end_never()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """What the client has not taken yet is left to the transport, for as long as it may take."""
        unread = self.transport.get_write_buffer_size()
        if unread:
            self._end_after(allowed_seconds(unread))
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that still reads its answer has its own deadline."""
        if not self.transport.get_write_buffer_size():
            super().timeout_keep_alive_handler()

    @property
    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _end_after(self, seconds: float) -> None:
        self._end_never()
        self._deadline = self.loop.call_later(seconds, self._end, "client too slow")

    def _end_never(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self, why: str) -> None:
        """Drop the connection at once: whoever reads nothing would hold an orderly end open."""
        self._end_never()
        log.debug("connection_ended", why=why)
        self.transport.abort()


class Worker(UvicornWorker):
    """A process of gunicorn that serves ``portal.asgi``."""

    CONFIG_KWARGS: dict[str, Any] = {
        "http": TimedProtocol,
        "loop": "asyncio",
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # the portal itself reads them, see portal/limits.py
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,
    }
