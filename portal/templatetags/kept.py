"""What a form carries so that it can be kept for the person who fills it in."""

from __future__ import annotations

from django import template
from django.template import Context

from portal.kept_forms.notes import note_for

register = template.Library()


@register.simple_tag(takes_context=True)
def account_note(context: Context) -> str:
    """The signed note of the person whose page it is."""
    return note_for(context["user"])
