"""One rule of the registry: what it asks, why, who says so, and examples."""

from __future__ import annotations

from dataclasses import dataclass

from registrations.rules.findings import Severity
from registrations.rules.rule_titles import TITLES

GUIDE = "the registration guide"
"""How sources name the document that partners register by."""
OURS = "our own judgement"


@dataclass(frozen=True, slots=True)
class Example:
    """A value that the rule answers, or lets pass.

    ``given`` says in words what else has to be so. The same for the checks: ``environment`` is
    that of the registration, ``beside`` what the value stands beside (the entries listed before
    it, the redirect URIs of the same client, or the names of other partners' clients).
    ``described`` values are no text that anybody types: a picture, a tick, a day.
    """

    value: str
    given: str = ""
    environment: str = ""
    beside: tuple[str, ...] = ()
    described: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it asks (``statement``), why, who says so (``source``), and examples.

    ``id`` is what findings carry, ``code`` a word for it. ``overridable`` marks the rejections that
    a reviewer may decide otherwise, with a recorded reason (G-06); a warning stops nobody anyway.
    """

    id: str
    code: str
    severity: Severity
    fields: tuple[str, ...]
    statement: str
    why: str
    source: str
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    overridable: bool = False

    @property
    def title(self) -> str:
        """What the rule is about, in a few words."""
        return TITLES.get(self.code) or self.code.replace("_", " ").capitalize()

    @property
    def rejects(self) -> bool:
        return self.severity is Severity.REJECT


def typed(*values: str) -> tuple[Example, ...]:
    """Examples that need no more than their text."""
    return tuple(Example(value) for value in values)


def described(*values: str) -> tuple[Example, ...]:
    """Examples that can only be described."""
    return tuple(Example(value, described=True) for value in values)
