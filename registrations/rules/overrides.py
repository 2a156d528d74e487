"""Rule G-06: the five rejections that a reviewer can override, value by value.

The partner requests an override with a reason and can then submit; approval needs the reviewer's recorded
answer. A value that was accepted once stays accepted in later revisions of the same registration, in the
environment that it was accepted for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registrations.rules import free_text, metadata
from registrations.rules.findings import Finding, Severity, rejections
from registrations.rules.metadata import Metadata, RuleContext
from registrations.rules.record_fields import place

OVERRIDABLE: Final = frozenset({"R-29", "R-36", "R-37", "N-05", "C-07"})
MIN_REASON_LENGTH: Final = 10
MAX_REASON_LENGTH: Final = 1000
_SAY_WHY: Final = f"Say why Pleo should accept it, in {MIN_REASON_LENGTH} to {MAX_REASON_LENGTH} characters."

Accepted = Collection[tuple[str, str]]
"""Pairs of a rule's id and the value that a reviewer accepted although the rule rejects it."""


@dataclass(frozen=True, slots=True)
class OverrideRequest:
    """A partner's request to accept ``value`` although ``rule`` rejects it."""

    rule: str
    value: str
    reason: str

    @classmethod
    def read(cls, stored: object) -> OverrideRequest | None:
        """Read a request from stored draft data; ``None`` if it is not a valid override request."""
        if not isinstance(stored, Mapping):
            return None
        texts = [stored.get(name) for name in ("rule", "value", "reason")]
        if not all(isinstance(text, str) for text in texts) or texts[0] not in OVERRIDABLE:
            return None
        rule, value, reason = (str(text) for text in texts)
        return cls(rule, value, reason.strip())

    @property
    def pair(self) -> tuple[str, str]:
        return self.rule, self.value

    @property
    def problem(self) -> str:
        """What is wrong with the reason; empty if nothing is."""
        if not MIN_REASON_LENGTH <= len(free_text.written(self.reason)) <= MAX_REASON_LENGTH:
            return _SAY_WHY
        return free_text.problem(self.reason)

    def as_json(self) -> dict[str, Any]:
        """The request as a JSON object, as stored with a draft and a revision."""
        return {"rule": self.rule, "value": self.value, "reason": self.reason}


def overridable_value(finding: Finding, record: Metadata) -> str | None:
    """The value that an overridable finding is about; ``None`` for every other finding."""
    if finding.rule not in OVERRIDABLE:
        return None
    value = getattr(record, finding.field)
    if isinstance(value, tuple):
        return value[finding.index] if finding.index is not None else None
    return str(value)


def check(
    record: Metadata,
    context: RuleContext,
    *,
    requested: Iterable[OverrideRequest] = (),
    accepted: Accepted = (),
) -> list[Finding]:
    """Every finding about the record; rejections with an override requested or accepted become warnings.

    A request counts only with a reason. A waived rule does not end the checks, so it hides no later
    rejection.
    """
    requests = {request.pair: request for request in requested}
    waived = {pair for pair, request in requests.items() if not request.problem} | set(accepted)
    found = _check_past(waived, record, context)
    for finding in list(found):
        pair = finding.rule, overridable_value(finding, record) or ""
        if finding.rejects and pair in requests:
            words = requests[pair].problem
            found.append(Finding("G-06", Severity.REJECT, finding.field, words, index=finding.index))
    return sorted(found, key=lambda finding: place(finding.field))


def still_requested(
    findings: Iterable[Finding], record: Metadata, requested: Iterable[OverrideRequest]
) -> list[OverrideRequest]:
    """The override requests that match one of the findings, each once."""
    about = {(finding.rule, overridable_value(finding, record)) for finding in findings}
    return list({request.pair: request for request in requested if request.pair in about}.values())


def _check_past(waived: set[tuple[str, str]], record: Metadata, context: RuleContext) -> list[Finding]:
    """Check again without each waived rule in turn, since a value can break several of them."""
    passed: set[tuple[str, str]] = set()
    warnings: list[Finding] = []
    while True:
        found = metadata.check(record, context, passed)
        rejected = [(finding, overridable_value(finding, record)) for finding in rejections(found)]
        due = (waived - passed) & {(finding.rule, value) for finding, value in rejected}
        if not due:
            return found + warnings
        warnings += [
            replace(finding, severity=Severity.WARN, suggestion=None)
            for finding, value in rejected
            if (finding.rule, value) in due
        ]
        passed |= due
