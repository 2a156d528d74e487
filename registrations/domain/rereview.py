"""Which changes to a live client take effect at once, and which need a review.

Everything is reviewed unless :data:`AT_ONCE` lists it. A submission is decided as a whole: if one change
needs a review, the others wait with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple

from registrations.domain import sites
from registrations.domain.differences import Change, difference
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import EXCEPTION_FIELDS, FIELDS, LABELS, AtOnce, place
from registrations.rules.redirect_uris import shape
from registrations.rules.vocabulary import PkceSupport

AT_ONCE: Final[Mapping[str, AtOnce]] = {
    name: at_once for at_once in AtOnce for name, field in FIELDS.items() if field.applies_at_once is at_once
}
"""The re-review table: for each field, which changes take effect without a review."""

_IN_WORDS: Final[Mapping[AtOnce, str]] = {
    AtOnce.REMOVING: "removing an entry; adding one is reviewed",
    AtOnce.ALWAYS: "every change",
    AtOnce.SAME_HOST: "a new address on the same host and port; any other change is reviewed, and so is one "
    "on a host that many share, such as sites.google.com or github.com",
}


class Outcome(StrEnum):
    """Whether a submitted draft waits for a review or takes effect at once."""

    REVIEW = "review"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOutcome:
    """The outcome of submitting a draft, and the reasons for it.

    ``reviewed`` and ``at_once`` are its changes to the live record, divided by what each would need on its
    own; both are empty for a first submission.
    """

    is_first: bool = False
    is_suspended: bool = False
    asks: bool = False
    answers: bool = False
    renews: bool = False
    reviewed: tuple[Change, ...] = ()
    at_once: tuple[Change, ...] = ()

    @classmethod
    def of(
        cls,
        live: Metadata | None,
        wanted: Metadata,
        *,
        is_excepted: bool = False,
        asks: bool = False,
        answers: bool = False,
        renews: bool = False,
        is_suspended: bool = False,
    ) -> SubmitOutcome:
        """The outcome of submitting the record ``wanted``; ``live`` is ``None`` for a first submission.

        ``is_excepted`` is whether a PKCE exception is in force today, ``asks`` whether an override request is
        still open, ``answers`` whether the draft answers a reviewer's comment, ``renews`` whether it asks for
        the exception to be renewed.
        """
        if live is None:
            return cls(is_first=True)
        changes = difference(baseline(live, is_excepted=is_excepted), wanted)
        return cls(
            is_suspended=is_suspended,
            asks=asks,
            answers=answers,
            renews=renews,
            reviewed=tuple(change for change in changes if needs_review(change)),
            at_once=tuple(change for change in changes if not needs_review(change)),
        )

    @property
    def kind(self) -> Outcome:
        """Review if a reviewer has to read something, else apply.

        That is a first submission, an override request, an answer to a comment, a request to renew the PKCE
        exception, a change that is reviewed, and anything that is submitted while the client is suspended.
        """
        says_something = self.asks or self.answers or self.renews
        needs_somebody = self.is_first or self.is_suspended or says_something or self.reviewed
        return Outcome.REVIEW if needs_somebody else Outcome.APPLY

    @property
    def applies(self) -> bool:
        return self.kind is Outcome.APPLY

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in the order of the form."""
        return tuple(sorted(self.reviewed + self.at_once, key=lambda change: place(change.field)))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to submit, because the draft equals the live record."""
        says_something = self.asks or self.answers or self.renews
        return not (self.is_first or says_something or self.reviewed or self.at_once)


def in_effect(live: Metadata, *, is_excepted: bool) -> Metadata:
    """The live record, without its request for a PKCE exception if none is in force any more.

    Requesting an exception again is then a change, and not requesting one is none.
    """
    if is_excepted:
        return live
    emptied: dict[str, Any] = dict.fromkeys(EXCEPTION_FIELDS, "")
    return replace(live, **emptied, pkce_support=PkceSupport.SUPPORTED.value)


def baseline(live: Metadata, *, is_excepted: bool) -> Metadata:
    """The live record as the next one starts from it and is compared with it.

    It is the one in effect without the end that the partner wished for: that was part of a request, and is
    answered. To wish for one again is a new request, and not to is no change.
    """
    return replace(in_effect(live, is_excepted=is_excepted), pkce_wished_end="")


def needs_review(change: Change) -> bool:
    """Whether this change on its own needs a review."""
    at_once = AT_ONCE.get(change.field)
    if at_once is AtOnce.REMOVING:
        return bool(change.added)
    if at_once is AtOnce.SAME_HOST:
        origin = _origin(str(change.old))
        return origin is None or origin != _origin(str(change.new)) or sites.is_shared(origin.host)
    return at_once is None


def table() -> list[tuple[str, str]]:
    """The re-review table as pages show it: a field's label, and which changes take effect at once."""
    return [(LABELS[field], _IN_WORDS[at_once]) for field, at_once in AT_ONCE.items()]


class _Origin(NamedTuple):
    """Where an address leads; the host is in lower case."""

    scheme: str
    host: str
    port: str


def _origin(uri: str) -> _Origin | None:
    """The origin of an address; ``None`` for one that cannot be parsed, which is like no other."""
    if shape.scheme_flaw(uri):
        return None
    parts = shape.split(uri)
    if shape.authority_flaw(parts):
        return None
    port = parts.port or shape.DEFAULT_PORTS.get(parts.scheme, "")
    return _Origin(parts.scheme, parts.host.lower(), port)
