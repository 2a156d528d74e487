"""Times on pages: how long ago something was, and the exact time in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

register = template.Library()

_MINUTE: Final = timedelta(minutes=1)
_LONG_AGO: Final = timedelta(days=30)
"""From then on a date says more than the number of months."""


@register.filter
def ago(moment: datetime) -> str:
    """A ``<time>`` that says how long ago it was, or the date where that is long ago.

    The exact time is in its ``datetime`` and, to be read, in its ``title``.
    """
    since = timezone.now() - moment
    if since < _MINUTE:
        words = "just now"
    elif since < _LONG_AGO:
        words = f"{timesince(moment, depth=1)} ago"
    else:
        words = f"{moment.day} {moment:%B %Y}"
    exact = _exact(moment)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', moment.isoformat(timespec="seconds"), exact, words
    )


@register.filter
def exactly(moment: datetime) -> str:
    """A ``<time>`` with the date and the time in UTC."""
    exact = _exact(moment)
    return format_html('<time datetime="{}">{} UTC</time>', moment.isoformat(timespec="seconds"), exact)


@register.filter
def left(moment: datetime) -> str:
    """How long it is until then, in whole units that are not over yet, such as ``6 days left``."""
    seconds = int((moment - timezone.now()).total_seconds())
    for unit, length, least in (("days", 86400, 2), ("hours", 3600, 2), ("minutes", 60, 2)):
        if seconds >= least * length:
            return f"{seconds // length} {unit} left"
    return "ends in a moment" if seconds > 0 else "ended"


def _exact(moment: datetime) -> str:
    """The date and the time of day. Django's own format costs a list of rows several times as much."""
    return f"{moment.day} {moment:%B %Y, %H:%M}"
