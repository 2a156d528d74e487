"""The plain text of rules and of help, as HTML that is safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registrations.rules.record_fields import FIELDS


def code_spans(text: str) -> SafeString:
    """Escape ``text`` and show the parts between backticks as code.

    Messages quote parts of what a partner typed, so every piece is escaped by itself (RFC 6749
    section 10.14). An unmatched backtick is kept.
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    for index in range(1, len(pieces), 2):
        if pieces[index]:
            pieces[index] = format_html("<code>{}</code>", pieces[index])
    return format_html_join("", "{}", ([piece] for piece in pieces))


HELP: Final[Mapping[str, SafeString]] = {name: code_spans(field.help) for name, field in FIELDS.items()}
MORE: Final[Mapping[str, SafeString]] = {name: code_spans(field.more) for name, field in FIELDS.items()}
"""By field name; made once, since they are the same on every page."""
HELP_FIXED_ENVIRONMENT: Final = code_spans(
    "You cannot change the environment after the first approval. To use the other one, start another "
    "registration."
)
