"""The type of an outbox email, and how its templates are rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Recipient:
    """A user, or an address without an account. Its repr hides the address."""

    user_id: int | None
    address: str | None = field(default=None, repr=False)


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
    subject = " ".join(_plain(f"{template_base}.subject.txt", full).split())
    email = EmailMultiAlternatives(
        subject=subject,
        body=_plain(f"{template_base}.txt", full),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no holiday replies
    )
    email.attach_alternative(_marked_up(f"{template_base}.html", full), "text/html")
    return email


def absolute(path: str) -> str:
    """The absolute URL of ``path`` on this site, for links in emails."""
    return f"{settings.PORTAL_BASE_URL}{path}"


def _plain(name: str, context: Mapping[str, Any]) -> str:
    """Render a text template as a plain str, not marked safe, so that a page that shows it escapes it."""
    return str.__str__(_template_text(name, Context(dict(context), autoescape=False)))


def _marked_up(name: str, context: Mapping[str, Any]) -> str:
    return _template_text(name, Context(dict(context)))


def _template_text(name: str, context: Context) -> str:
    return Engine.get_default().get_template(f"emails/{name}").render(context)
