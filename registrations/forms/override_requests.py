"""Override requests in the form: asking a reviewer to accept what a rule rejects (rule G-06).

A request is four flat fields: the checkbox ``ask-0``, and ``ask-0-rule``, ``ask-0-value`` and
``ask-0-reason``. Rule and value are posted too, so that a tick counts only for the value that it
was shown with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from registrations.forms.controls import TypedText, complaints, storable
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata
from registrations.rules.overrides import OVERRIDABLE, Accepted, OverrideRequest, overridable_value
from registrations.rules.vocabulary import MAX_CONTACTS, MAX_REDIRECT_URIS

MAX_OVERRIDE_REQUESTS: Final = 1 + MAX_CONTACTS + MAX_REDIRECT_URIS
"""The name, every contact and every redirect URI; further requests are neither shown nor read."""

_TEXT: Final = TypedText()


@dataclass(frozen=True, slots=True)
class RejectedValue:
    """A value that a rule rejects unless a reviewer accepts it, with its field and line."""

    rule: str
    value: str
    field: str
    index: int | None


class Reply(NamedTuple):
    """What was filled in for an override request: tick, reason, and why the reason cannot be stored."""

    ticked: bool = False
    reason: str = ""
    unstorable: str = ""


Replies = Mapping[tuple[str, str], Reply]
"""By rule and value."""


class OverrideChoice(NamedTuple):
    """An override request as the page offers it; ``number`` is part of its field names."""

    number: int
    rejected: RejectedValue
    reply: Reply
    complaints: Sequence[Finding]

    @property
    def name(self) -> str:
        return f"ask-{self.number}"


def rejected_values(findings: Iterable[Finding], record: Metadata, accepted: Accepted) -> list[RejectedValue]:
    """The values whose acceptance can be requested, each once.

    Includes those already requested, but not those already accepted.
    """
    found: dict[tuple[str, str], RejectedValue] = {}
    for finding in findings:
        value = overridable_value(finding, record)
        if value is not None and (finding.rule, value) not in accepted:
            rejected = RejectedValue(finding.rule, value, finding.field, finding.index)
            found.setdefault((finding.rule, value), rejected)
    return list(found.values())[:MAX_OVERRIDE_REQUESTS]


def stored_replies(requested: Iterable[OverrideRequest]) -> Replies:
    """The override requests of a draft, as replies."""
    return {request.pair: Reply(ticked=True, reason=request.reason) for request in requested}


def posted_replies(values: Mapping[str, Any]) -> Replies:
    """The posted replies, by rule and value.

    Leaves out rules that cannot be overridden and values that a draft cannot store.
    """
    replies: dict[tuple[str, str], Reply] = {}
    for number in range(MAX_OVERRIDE_REQUESTS):
        name = f"ask-{number}"
        rule, value, reason = (str(values.get(f"{name}-{part}", "")) for part in ("rule", "value", "reason"))
        if rule in OVERRIDABLE and not complaints(_TEXT, value):
            ticked = name in values
            unstorable = " ".join(complaints(_TEXT, reason)) if ticked else ""
            replies.setdefault((rule, value), Reply(ticked, storable(reason), unstorable))
    return replies


def override_requests_to_store(replies: Replies) -> list[dict[str, str]]:
    """The override requests that the draft stores."""
    return [
        OverrideRequest(rule, value, reply.reason.strip()).as_json()
        for (rule, value), reply in replies.items()
        if reply.ticked and not reply.unstorable
    ]


def override_choices(
    rejected_values: Iterable[RejectedValue], replies: Replies, findings: Sequence[Finding]
) -> list[OverrideChoice]:
    """The rejected values, each with its reply and what is wrong with that reply."""
    about_reasons = [found for found in findings if found.rule == "G-06"]
    choices = []
    for number, rejected in enumerate(rejected_values):
        reply, place = replies.get((rejected.rule, rejected.value), Reply()), (rejected.field, rejected.index)
        wrong = [found for found in about_reasons if reply.ticked and (found.field, found.index) == place]
        if reply.unstorable:
            wrong = [Finding("form", Severity.REJECT, rejected.field, reply.unstorable, rejected.index)]
        choices.append(OverrideChoice(number, rejected, reply, wrong))
    return choices
