"""What an email is, and how its templates become mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Recipient:
    """Somebody with an account, or a bare address. Its text shows no address."""

    user_id: int | None
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Email:
    """Who hears of a change, and what they read. Both are asked when the email is sent."""

    name: str
    recipients: Callable[[Ids], list[Recipient]]
    compose: Callable[[Ids, Recipient], EmailMultiAlternatives]


def render(template_base: str, context: Mapping[str, Any], to: str) -> EmailMultiAlternatives:
    """Mail to the address ``to`` from emails/<template_base>.subject.txt, .txt and .html.

    The templates have ``base_url`` besides their context. A subject is one line, whatever it quotes.
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
    """The address of ``path`` on this site, as an email shows it."""
    return f"{settings.PORTAL_BASE_URL}{path}"


def _plain(name: str, context: Mapping[str, Any]) -> str:
    """Not marked as safe: where a page shows it, what people wrote is escaped there."""
    return str.__str__(_template_text(name, Context(dict(context), autoescape=False)))


def _marked_up(name: str, context: Mapping[str, Any]) -> str:
    return _template_text(name, Context(dict(context)))


def _template_text(name: str, context: Context) -> str:
    return Engine.get_default().get_template(f"emails/{name}").render(context)
