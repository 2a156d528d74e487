"""Emails for the tests of the outbox, and ways for sending them to fail."""

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from portal.outbox.emails import Email, Recipient


class FailingBackend(BaseEmailBackend):
    """A mail server that refuses, and quotes the address while it does."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(f"no mail for {messages[0].to}")


class RefusesOne(BaseEmailBackend):
    """A mail server that knows nobody called second."""

    def send_messages(self, messages):
        if messages[0].to[0].startswith("second"):
            raise ConnectionRefusedError("no such mailbox")
        return len(messages)


class DyingBackend(BaseEmailBackend):
    """The process ends while it is sending."""

    def send_messages(self, messages):
        raise KeyboardInterrupt


def compose(ids, recipient):
    return EmailMultiAlternatives(subject="Hello", body=f"About {ids.get('about')}", to=[recipient.address])


def an_email(*recipients, name="hello", compose=compose):
    """An email to those recipients: users, or bare addresses."""
    found = [Recipient(None, one) if isinstance(one, str) else Recipient(one.pk) for one in recipients]
    return {name: Email(name, recipients=lambda ids: found, compose=compose)}
