"""The titles of the form's three sections, and the help text of each field as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.safestring import SafeString

from registrations.forms.markup import code_spans
from registrations.rules import fields
from registrations.rules.fields import FIELDS


class Section(NamedTuple):
    """A section of the form; ``key`` is its fragment in the page's URL."""

    key: str
    title: str
    intro: str
    fields: tuple[str, ...]


def _section(section: fields.Section, title: str, intro: str) -> Section:
    names = tuple(field.name for field in FIELDS.values() if field.section is section)
    return Section(section.value, title, intro, names)


SECTIONS: Final = (
    _section(
        fields.Section.BRANDING,
        "What people see",
        "Shown to the people who connect your product, so that they recognise it and can read what they "
        "agree to. Leave Pleo’s name, logo and colours out of all of it.",
    ),
    _section(
        fields.Section.TECHNICAL,
        "How it works",
        "Used between your client and the authorization server. Wrong redirect URIs and missing scopes are "
        "the usual reasons why a connection fails.",
    ),
    _section(
        fields.Section.CONFIDENTIALITY,
        "Keeping the secret",
        "Only confidential clients are supported. Whoever has the client secret can act as your product.",
    ),
)

HELP: Final[Mapping[str, SafeString]] = {name: code_spans(field.help) for name, field in FIELDS.items()}
"""By field name; made once, since it is the same on every page."""
HELP_FIXED_ENVIRONMENT: Final = code_spans(
    "Fixed by the first approval, and never changed. For the other environment, start another registration."
)
