"""The type of an outbox email, and how its templates are rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Recipient:
    """A user, or an address without an account. Its repr hides the address."""

    user_id: int | None
    address: str | None = field(default=None, repr=False)

    def as_stored(self) -> Self:
        """Without the address if they have an account, whose address is read when sending."""
        return self if self.user_id is None else replace(self, address=None)


@dataclass(frozen=True)
class Email:
    """A kind of email: who receives it and what it says, both worked out when it is sent."""

    name: str
    recipients: Callable[[Ids], list[Recipient]]
    compose: Callable[[Ids, Recipient], EmailMultiAlternatives]


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
