"""An SMTP email backend that ends in bounded time, whatever the mail server does."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

SECONDS = 20.0
"""Limit for one email, from looking up the mail server's name until the server has accepted it."""
QUIT_SECONDS = 2.0
"""Extra time for QUIT. An accepted email counts as sent, whether or not QUIT is answered."""


class EmailBackend(smtp.EmailBackend):
    """Django's backend with one deadline for the whole SMTP session; use it for one send_messages only.

    EMAIL_TIMEOUT limits each step and restarts with every byte of a slow answer, and nothing limits the
    name lookup. So the session runs in its own thread. At the deadline the caller stops waiting and shuts
    the connection down, so that the thread cannot send anything later.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = threading.Lock()
        self._is_over = False
        self._handle: socket.socket | None = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send the emails within the deadline. Raises TimeoutError, and what smtplib raises."""
        answer: Future[int] = Future()
        conversation = threading.Thread(target=self._converse, args=(email_messages, answer), daemon=True)
        conversation.start()
        try:
            return answer.result(SECONDS)
        finally:
            conversation.join(QUIT_SECONDS if answer.done() else 0)
            self._break_off()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """smtplib's class, extended to hand over its socket before TLS begins."""
        observe = self._observe

        class Observed(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # no stub has it
                observe(connection)
                return connection

        class ObservedTLS(smtplib.SMTP_SSL, Observed):
            pass

        return ObservedTLS if self.use_ssl else Observed

    def _converse(self, email_messages: Sequence[EmailMessage], answer: Future[int]) -> None:
        try:
            self.open()
            answer.set_result(super().send_messages(email_messages))
        except BaseException as error:  # noqa: BLE001 — raised again in send_messages, which waits for it
            answer.set_exception(error)
        with suppress(OSError):
            self.close()

    def _observe(self, connection: socket.socket) -> None:
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
