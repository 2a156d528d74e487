"""The type of an outbox email, and how its templates are rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from portal.outbox.kinds import Ids, Recipient
from portal.outbox.models import Delivery

__all__ = ["Email", "Ids", "Recipient", "absolute", "render"]


@dataclass(frozen=True)
class Email:
    """A kind of email: who receives it and what it says, both worked out when it is sent."""

    name: str
    recipients: Callable[[Ids], list[Recipient]]
    compose: Callable[[Ids, Recipient], EmailMultiAlternatives]

    def send(self, delivery: Delivery) -> None:
        """Send it with the same Message-ID each time, so that a repeat after a crash can be recognised."""
        account = delivery.recipient
        recipient = Recipient(delivery.recipient_id, account.email if account else delivery.address)
        mail = self.compose(delivery.message.ids, recipient)
        host = urlsplit(settings.PORTAL_BASE_URL).hostname
        mail.extra_headers["Message-ID"] = f"<{delivery.message.uuid}.{delivery.pk}@{host}>"
        mail.send()


def render(template_base: str, context: Mapping[str, Any], to: str) -> EmailMultiAlternatives:
    """Render an email to ``to`` from emails/<template_base>.subject.txt, .txt and .html.

    The templates get ``base_url`` in addition to their context. The subject is always one line,
    whatever it quotes.
    """
    full = {**context, "base_url": settings.PORTAL_BASE_URL}
    subject, text, html = (
        Engine.get_default()
        .get_template(f"emails/{template_base}{ending}")
        .render(Context(dict(full), autoescape=ending == ".html"))
        for ending in (".subject.txt", ".txt", ".html")
    )
    email = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=str.__str__(text),  # not marked safe, so that a page that shows it escapes it
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no holiday replies
    )
    email.attach_alternative(html, "text/html")
    return email


def absolute(path: str) -> str:
    """The absolute URL of ``path`` on this site, for links in emails."""
    return f"{settings.PORTAL_BASE_URL}{path}"
