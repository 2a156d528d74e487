"""Findings, the results of the rules: what is wrong, where, and what to write instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from registrations.rules.data.blank_signs import DRAWS_NOTHING

LINE_END: Final = "\n"
"""Stands between the entries of a suggestion that makes several of one."""

Waived = Container[str] | Container[tuple[str, str]]
"""Rules that a reviewer decides instead (G-06): ids, or pairs of an id and the rejected value."""


class Severity(StrEnum):
    """Whether a finding blocks submission."""

    REJECT = "reject"
    """The partner cannot submit."""
    WARN = "warn"
    """The partner can submit; partner and reviewer both see the warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one rule for one value.

    ``rule`` is the rule's id (``R-06``), ``field`` the form field's name (RFC 7591's where it has one),
    ``index`` the 0-based entry of a list field or ``None`` for the whole field. ``message`` is plain text for
    the partner: what is wrong, which part (quoted through :func:`quote`), what to write instead.
    ``suggestion`` is the whole corrected entry, set only where it is certain; several are one a line.
    ``excerpt`` is the offending
    part, raw: escape it before showing it.
    """

    rule: str
    severity: Severity
    field: str
    message: str
    index: int | None = None
    suggestion: str | None = None
    excerpt: str | None = None

    @property
    def rejects(self) -> bool:
        return self.severity is Severity.REJECT

    def at(self, field: str, index: int | None = None) -> Finding:
        """The same finding, placed in another field or entry."""
        return replace(self, field=field, index=index)

    def as_json(self) -> dict[str, str | int | None]:
        """The finding as a JSON object, as stored with a revision."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "field": self.field,
            "index": self.index,
            "message": self.message,
            "suggestion": self.suggestion,
            "excerpt": self.excerpt,
        }


def rejections(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that block submission."""
    return [finding for finding in findings if finding.rejects]


def waives(waived: Waived, rule: str, value: str) -> bool:
    """Whether ``rule`` is waived for ``value``, because a reviewer decides instead."""
    return rule in waived or (rule, value) in waived


def quote(text: str, limit: int = 60) -> str:
    """Make part of a partner's input safe to read inside a message.

    Control, format and other invisible characters become ``U+XXXX``; long text is cut. The result still has
    to be escaped for HTML.
    """
    shown = "".join(
        f"U+{ord(sign):04X}" if sign != " " and _is_unseen(sign) else sign for sign in text[:limit]
    )
    return shown + ("…" if len(text) > limit else "")


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "CZ" or sign in DRAWS_NOTHING
