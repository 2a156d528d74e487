"""Asking a reviewer to accept what a rule rejects (rule G-06), as the form carries it.

A question is four flat fields: the tick ``ask-0``, and ``ask-0-rule``, ``ask-0-value`` and
``ask-0-reason``. Rule and value travel along, so that a tick is about the value it stood beside
and about no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError

from registrations.forms.fields import TypedText, storable
from registrations.rules.findings import Finding, Severity
from registrations.rules.metadata import Metadata
from registrations.rules.overrides import OVERRIDABLE, Accepted, OverrideRequest, value_of
from registrations.rules.vocabulary import MAX_CONTACTS, MAX_REDIRECT_URIS

MAX_OVERRIDE_REQUESTS: Final = 1 + MAX_CONTACTS + MAX_REDIRECT_URIS
"""The name, every contact and every redirect URI; what is beyond is neither shown nor read."""

_TEXT: Final = TypedText()


@dataclass(frozen=True, slots=True)
class RejectedValue:
    """A value that a rule rejects unless a reviewer accepts it, and where it stands."""

    rule: str
    value: str
    field: str
    index: int | None


class Reply(NamedTuple):
    """What a person did with a question: the tick, the reason, and why that cannot be stored."""

    ticked: bool = False
    reason: str = ""
    unstorable: str = ""


Replies = Mapping[tuple[str, str], Reply]
"""By rule and value."""


class OverrideChoice(NamedTuple):
    """A question as the page shows it; ``number`` makes its fields' names."""

    number: int
    rejected: RejectedValue
    reply: Reply
    complaints: Sequence[Finding]

    @property
    def name(self) -> str:
        return f"ask-{self.number}"


def rejected_values(findings: Iterable[Finding], record: Metadata, accepted: Accepted) -> list[RejectedValue]:
    """What can be asked, each value once: also where it is asked already, not where it is accepted."""
    found: dict[tuple[str, str], RejectedValue] = {}
    for finding in findings:
        value = value_of(finding, record)
        if value is not None and (finding.rule, value) not in accepted:
            rejected = RejectedValue(finding.rule, value, finding.field, finding.index)
            found.setdefault((finding.rule, value), rejected)
    return list(found.values())[:MAX_OVERRIDE_REQUESTS]


def stored_replies(requested: Iterable[OverrideRequest]) -> Replies:
    """The questions of a draft."""
    return {request.pair: Reply(ticked=True, reason=request.reason) for request in requested}


def posted_replies(values: Mapping[str, Any]) -> Replies:
    """What was posted; what is about no such rule, or about a value no draft can hold, is left out."""
    replies: dict[tuple[str, str], Reply] = {}
    for number in range(MAX_OVERRIDE_REQUESTS):
        name = f"ask-{number}"
        rule, value, reason = (str(values.get(f"{name}-{part}", "")) for part in ("rule", "value", "reason"))
        if rule in OVERRIDABLE and not _complaint(value):
            ticked = name in values
            unstorable = _complaint(reason) if ticked else ""
            replies.setdefault((rule, value), Reply(ticked, storable(reason), unstorable))
    return replies


def override_requests_to_store(replies: Replies) -> list[dict[str, str]]:
    """What the draft keeps of them."""
    return [
        OverrideRequest(rule, value, reply.reason.strip()).as_json()
        for (rule, value), reply in replies.items()
        if reply.ticked and not reply.unstorable
    ]


def override_choices(
    rejected_values: Iterable[RejectedValue], replies: Replies, findings: Sequence[Finding]
) -> list[OverrideChoice]:
    """The rejected values with what was replied to them and what is wrong with that."""
    return [
        _choice(number, rejected, replies.get((rejected.rule, rejected.value), Reply()), findings)
        for number, rejected in enumerate(rejected_values)
    ]


def _choice(
    number: int, rejected: RejectedValue, reply: Reply, findings: Sequence[Finding]
) -> OverrideChoice:
    place = (rejected.field, rejected.index)
    about = [found for found in findings if found.rule == "G-06" and (found.field, found.index) == place]
    complaints = about if reply.ticked else []
    if reply.unstorable:
        complaints = [Finding("form", Severity.REJECT, rejected.field, reply.unstorable, rejected.index)]
    return OverrideChoice(number, rejected, reply, complaints)


def _complaint(text: str) -> str:
    """Why no draft can hold the text; empty where it can."""
    try:
        _TEXT.clean(text)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
