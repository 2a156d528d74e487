"""Email over SMTP in bounded time, whatever the mail server does."""

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
"""For one email, from looking up the mail server's name until it has accepted the email."""
QUIT_SECONDS = 2.0
"""For QUIT, in addition. An accepted email is sent, whether or not QUIT is answered."""


class EmailBackend(smtp.EmailBackend):
    """Django's backend with one deadline for the whole conversation; for one call of send_messages.

    EMAIL_TIMEOUT limits each step and begins anew with each byte of a slow answer, and looking up a name
    knows no limit of ours. So the conversation has a thread of its own. At the deadline the caller stops
    waiting and shuts the connection down, so that the thread cannot send anything later.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = threading.Lock()
        self._is_over = False
        self._handle: socket.socket | None = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises TimeoutError at the deadline, and what smtplib raises."""
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
        """smtplib's own, which shows its connection before TLS begins."""
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
        except BaseException as error:  # noqa: BLE001 — it is raised where the answer is waited for
            answer.set_exception(error)
        with suppress(OSError):
            self.close()

    def _observe(self, connection: socket.socket) -> None:
        """From now on the one deadline counts. Its handle is a second one: TLS takes the first away."""
        with self._guard:
            if self._is_over:
                connection.close()
                raise TimeoutError
            connection.settimeout(None)
            self._handle = connection.dup()

    def _break_off(self) -> None:
        """Whoever waits for the other side is woken by this, whichever handle they have."""
        with self._guard:
            self._is_over = True
            if self._handle is not None:
                with suppress(OSError):  # the other side was faster
                    self._handle.shutdown(socket.SHUT_RDWR)
                self._handle.close()
