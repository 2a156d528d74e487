"""Template filters for the partner's pages and the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from registrations.domain.rotation import GRACE_WORDS
from registrations.forms.form_actions import key_of
from registrations.forms.markup import code_spans as markup
from registrations.forms.registration_form import LINE_FIELDS, SummaryItem
from registrations.forms.status_words import (
    ANSWER_WORDS,
    CONTACT_WORDS,
    SECRET_WORDS,
    STATUS_WORDS,
    Words,
)
from registrations.queries.answers import Picture, picture_named, subject_type_named
from registrations.rules.findings import Finding, quote
from registrations.rules.pkce import day_of
from registrations.rules.record_fields import DATE_FIELDS, WEB_URI_FIELDS
from registrations.rules.registry import RULES

register = template.Library()


@register.filter
def code_spans(text: str) -> str:
    """The escaped text, with parts between backticks shown as code."""
    return markup(str(text))


@register.filter
def line_number(finding: Finding | SummaryItem) -> int | None:
    """The line of its field that a finding is about; None if the field is not a list of lines."""
    if finding.index is None or finding.field not in LINE_FIELDS:
        return None
    return finding.index + 1


@register.filter
def button_key(finding: Finding) -> str:
    """The value posted by the button that applies a finding's suggestion; empty without a button."""
    return key_of(finding)


@register.filter
def picture(digest: str) -> Picture | None:
    """The logo with that digest, for one side of a difference."""
    return picture_named(digest)


@register.filter
def entries(value: str | bool | Sequence[str] | None) -> list[str]:
    """A value of a record as a list of lines to show; empty if there is no value."""
    if isinstance(value, bool):
        return ["Yes" if value else "Not confirmed"]
    if value is None or isinstance(value, str):
        return [value] if value else []
    return [str(entry) for entry in value]


@register.filter
def in_words(value: str, field: str) -> str:
    """One line of a value: choices and days in words, web addresses as links, the rest unchanged.

    Only ``https`` becomes a link, because a draft may hold anything. The whole address is shown and
    no referrer is sent because of RFC 7591 section 5.
    """
    if field in DATE_FIELDS and (day := day_of(value)):
        return date_format(day, "j F Y")
    if field == "subject_type_preference":
        return subject_type_named(value)
    if field not in WEB_URI_FIELDS or not value.startswith("https://"):
        return ANSWER_WORDS.get((field, value), value)
    return format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', value)


@register.filter
def status_words(key: str) -> Words:
    """What a registration's status means, and the next step."""
    return STATUS_WORDS[key]


@register.filter
def secret_words(key: str) -> Words:
    """What the state of a secret is called, and what that means."""
    return SECRET_WORDS[key]


@register.filter
def contact_words(key: str) -> Words:
    """Where the confirmation of a contact stands, and what that means."""
    return CONTACT_WORDS[key]


@register.filter
def grace_words(grace: str) -> str:
    """How long an old secret keeps working, such as ``24 hours``."""
    return GRACE_WORDS[grace]


@register.filter
def rule_address(rule: str) -> str:
    """The URL of the rule in plain words; empty if the registry has no such rule."""
    return f"{reverse('registrations:rules')}#{rule}" if rule in RULES else ""


@register.filter
def rule_title(rule: str) -> str:
    """The title of the rule; empty if the registry has no such rule."""
    return RULES[rule].title if rule in RULES else ""


@register.filter
def rule_statement(rule: str) -> str:
    """What the rule requires, in plain words; empty if the registry has no such rule."""
    return RULES[rule].statement if rule in RULES else ""


@register.filter
def visible(text: str) -> str:
    """A value of an example with invisible characters spelled out; long values are cut."""
    return quote(text, 80)


@register.filter
def about(things: Mapping[Any, Any] | None, key: Any) -> Any:
    """The entry for the key, such as a field, in a mapping; None if there is none."""
    return things.get(key) if things else None
