"""Template tags that say whom to ask, where staff sign in, and by which id a request is in the log."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html

from portal.observability import current_request_id

register = template.Library()


@register.simple_tag(takes_context=True)
def pleo(context: Context) -> str:
    """“Pleo”, with the support address in brackets if there is one; a link except in a plain text."""
    if not settings.PORTAL_SUPPORT or not context.autoescape:
        return pleo_in_text()
    return format_html("Pleo ({})", support_link())


def pleo_in_text() -> str:
    """The same for a plain text."""
    support = settings.PORTAL_SUPPORT
    return f"Pleo ({support})" if support else "Pleo"


@register.simple_tag
def support_link() -> str:
    """The support address as a link; empty if none is set."""
    support = settings.PORTAL_SUPPORT
    if not support:
        return ""
    href = support if support.startswith("https://") else f"mailto:{support}"
    return format_html('<a href="{}">{}</a>', href, support.removeprefix("https://"))


@register.simple_tag
def sign_in_provider() -> str:
    """The name of the provider at which staff sign in; empty if none is set."""
    return settings.PORTAL_OIDC.name if settings.PORTAL_OIDC else ""


@register.simple_tag
def request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return current_request_id()
