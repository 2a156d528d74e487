"""Whether emails are sent at the moment, for pages that promise one."""

from __future__ import annotations

from datetime import datetime

from django import template

from portal.outbox.queue import paused_since

register = template.Library()


@register.simple_tag
def emails_paused() -> datetime | None:
    """Since when no email is sent; None while they are."""
    return paused_since()
