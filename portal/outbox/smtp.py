"""An SMTP email backend that ends in bounded time, whatever the mail server does."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from portal.outbox.exchanges import Exchange

SECONDS = 20.0
"""Limit for one email, from looking up the mail server's name until the server has accepted it."""
QUIT_SECONDS = 2.0
"""Extra time for QUIT. An accepted email counts as sent, whether or not QUIT is answered."""


class EmailBackend(smtp.EmailBackend):
    """Django's backend with one deadline for the whole SMTP session; use it for one send_messages only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._exchange = Exchange()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send the emails within the deadline. Raises TimeoutError, and what smtplib raises."""

        def speak() -> int:
            self.open()
            return super(EmailBackend, self).send_messages(email_messages)

        return self._exchange.hold(speak, SECONDS, close=self.close, close_seconds=QUIT_SECONDS)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """smtplib's class, extended to hand over its socket before TLS begins."""
        observe = self._exchange.observe

        class Observed(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # no stub has it
                observe(connection)
                return connection

        class ObservedTLS(smtplib.SMTP_SSL, Observed):
            pass

        return ObservedTLS if self.use_ssl else Observed
