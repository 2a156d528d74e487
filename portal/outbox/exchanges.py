"""An exchange over one socket that ends in bounded time, whatever the other side does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from typing import TypeVar
from urllib.parse import SplitResult

Answer = TypeVar("Answer")


class Exchange:
    """Holds one exchange in a thread of its own, with one deadline for all of it.

    The timeout of a socket limits each step and restarts with every byte of a slow answer, and nothing
    limits the name lookup. So at the deadline the caller stops waiting and shuts the connection down, so that
    the thread cannot say anything later.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_over = False
        self._handle: socket.socket | None = None

    def hold(
        self,
        speak: Callable[[], Answer],
        seconds: float,
        *,
        close: Callable[[], None],
        close_seconds: float = 0.0,
    ) -> Answer:
        """What ``speak`` returns, or raises, within the deadline; otherwise raises TimeoutError.

        ``speak`` hands its connection to :meth:`observe`. ``close`` runs after it, in the same thread, and
        has ``close_seconds`` once there is an answer.
        """
        answer: Future[Answer] = Future()
        thread = threading.Thread(target=_speak_and_close, args=(speak, answer, close), daemon=True)
        thread.start()
        try:
            return answer.result(seconds)
        finally:
            thread.join(close_seconds if answer.done() else 0)
            self._break_off()

    def observe(self, connection: socket.socket) -> None:
        """Keep a second handle of the socket, since TLS takes over the first, and drop its own timeout."""
        with self._guard:
            if self._is_over:
                connection.close()
                raise TimeoutError
            connection.settimeout(None)
            self._handle = connection.dup()

    def _break_off(self) -> None:
        """Shut the connection down, which wakes a thread that waits on any of its handles."""
        with self._guard:
            self._is_over = True
            if self._handle is not None:
                with suppress(OSError):  # the other side was faster
                    self._handle.shutdown(socket.SHUT_RDWR)
                self._handle.close()


def http_connection(parts: SplitResult, exchange: Exchange, *, seconds: float) -> HTTPConnection:
    """A connection to the host of a URL that hands its socket to the exchange before TLS begins.

    ``seconds`` limits connecting; the exchange limits all that follows. Certificates are checked.
    """

    class Observed(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            exchange.observe(self.sock)

    class ObservedTLS(HTTPSConnection, Observed):
        pass

    kind = ObservedTLS if parts.scheme == "https" else Observed
    return kind(parts.hostname or "", parts.port, timeout=seconds)


def _speak_and_close(speak: Callable[[], Answer], answer: Future[Answer], close: Callable[[], None]) -> None:
    try:
        answer.set_result(speak())
    except BaseException as error:  # noqa: BLE001 — raised again in hold, which waits for it
        answer.set_exception(error)
    with suppress(OSError):
        close()
