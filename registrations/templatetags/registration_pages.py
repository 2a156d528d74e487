"""Filters of the partner's pages and the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html

from registrations.forms.form_actions import key_of
from registrations.forms.markup import code_spans as markup
from registrations.forms.registration_form import LINE_FIELDS, SummaryItem
from registrations.forms.wording import ANSWER_WORDS, SECRET_WORDS, STATUS_WORDS, Words
from registrations.presentation import Picture, picture_named
from registrations.rules.fields import WEB_URI_FIELDS
from registrations.rules.findings import Finding, quote
from registrations.rules.registry import RULES

register = template.Library()


@register.filter
def code_spans(text: str) -> str:
    """Escaped text in which what stands between backticks is shown as code."""
    return markup(str(text))


@register.filter
def line_number(finding: Finding | SummaryItem) -> int | None:
    """Which line of its field a finding is about; nothing where the field is not one of lines."""
    if finding.index is None or finding.field not in LINE_FIELDS:
        return None
    return finding.index + 1


@register.filter
def button_key(finding: Finding) -> str:
    """What the button posts that takes over a finding's suggestion; nothing where none can be."""
    return key_of(finding)


@register.filter
def picture(digest: str) -> Picture | None:
    """The logo of one side of a difference."""
    return picture_named(digest)


@register.filter
def entries(value: str | bool | Sequence[str] | None) -> list[str]:
    """A value of a record as the lines to show: text is one, nothing is none."""
    if isinstance(value, bool):
        return ["Yes" if value else "No"]
    if value is None or isinstance(value, str):
        return [value] if value else []
    return [str(entry) for entry in value]


@register.filter
def in_words(value: str, field: str) -> str:
    """One line of a value: fixed choices in words, addresses of web pages as links, else as it is.

    Only ``https`` becomes a link: a draft may hold anything. RFC 7591 section 5 is the reason
    for showing the whole address and for sending nothing along.
    """
    if field not in WEB_URI_FIELDS or not value.startswith("https://"):
        return ANSWER_WORDS.get((field, value), value)
    return format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', value)


@register.filter
def status_words(key: str) -> Words:
    """What a registration's status means and who acts next."""
    return STATUS_WORDS[key]


@register.filter
def secret_words(key: str) -> Words:
    """What the state of a secret is called, and what that means."""
    return SECRET_WORDS[key]


@register.filter
def rule_address(rule: str) -> str:
    """Where the rule is told in plain words; nothing for what is no rule of the registry."""
    return f"{reverse('registrations:rules')}#{rule}" if rule in RULES else ""


@register.filter
def rule_title(rule: str) -> str:
    """What the rule is about, in a few words; nothing for what is no rule of the registry."""
    return RULES[rule].title if rule in RULES else ""


@register.filter
def rule_statement(rule: str) -> str:
    """What the rule asks, in plain words; nothing for what is no rule of the registry."""
    return RULES[rule].statement if rule in RULES else ""


@register.filter
def visible(text: str) -> str:
    """A value of an example with everything invisible in it spelled out, long ones cut."""
    return quote(text, 80)


@register.filter
def about(things: Mapping[str, Any] | None, field: str) -> Any:
    """What belongs to the field, of things by field; nothing where there is none."""
    return things.get(field) if things else None
