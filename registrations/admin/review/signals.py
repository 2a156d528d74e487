"""Signals for and against a record: the hosts, the submitter's email domain, what to look at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from registrations.domain import sites
from registrations.domain.restriction import brought_back
from registrations.domain.sites import Mail
from registrations.models import Revision

_MAIL_WORDS: Final[Mapping[Mail, str]] = {
    Mail.SAME_SITE: "The same domain as the client URI.",
    Mail.FREE: "An email service that anyone can use: it says nothing about the client.",
    Mail.OTHER: "Not the domain of the client URI.",
}


class MailDomain(NamedTuple):
    """The domain of the submitter's email address, and whether they verified that address."""

    kind: Mail
    domain: str
    is_verified: bool

    @classmethod
    def of(cls, revision: Revision) -> MailDomain:
        """The domain of whoever submitted the revision; one query."""
        person = revision.submitted_by
        kind = sites.mail_of(person.email, revision.client_uri)
        return cls(kind, sites.domain_of(person.email), person.has_verified_address())

    @property
    def words(self) -> str:
        return _MAIL_WORDS[self.kind]


class Signal(NamedTuple):
    """A reason to look twice; ``target`` is the id of its part of the page, if it has one."""

    kind: str
    words: str
    values: tuple[str, ...] = ()
    target: str = ""


def signals_of(revision: Revision, *, pkce_undecided: bool, unanswered: bool) -> Iterator[Signal]:
    """What to look at first before the first approval, gravest first.

    ``pkce_undecided`` and ``unanswered`` say whether the PKCE exception and an override request still
    wait for the desk.
    """
    elsewhere = tuple(use.host for use in sites.hosts_of(revision.metadata()) if not use.is_own_site)
    if elsewhere:
        yield Signal("hosts", "Hosts outside the client’s own site", elsewhere, "hosts-title")
    writes = tuple(child.scope_id for child in revision.requested_scopes.all() if child.scope.writes)
    if writes:
        yield Signal("scopes", "Scopes that write", writes)
    if pkce_undecided:
        yield Signal("pkce", "A PKCE exception is requested", target="pkce")
    if unanswered:
        yield Signal(
            "asks", "The partner asks you to accept a value that a rule rejects", target="override-requests"
        )
    if revision.findings:
        yield Signal("findings", "The rules found something", target="findings-title")


class TakenAway(NamedTuple):
    """What the partner took away from the live client with ``restriction``, and would get back."""

    restriction: Revision
    values: tuple[str, ...]


def taken_away_since(shown: Revision, revisions: Iterable[Revision]) -> list[TakenAway]:
    """What was taken away after the shown revision was submitted, and its approval would bring back.

    The newest first. Revisions with a higher number than one under review are restrictions, each of the one
    before: no statement where there is none, else three.
    """
    restrictions = sorted((row for row in revisions if row.number > shown.number), key=lambda row: row.number)
    before = restrictions[0].replaced() if restrictions else None
    found = []
    for restriction in restrictions:
        if before is not None:
            values = brought_back(before.metadata(), restriction.metadata(), shown.metadata())
            found += [TakenAway(restriction, values)] if values else []
        before = restriction
    return found[::-1]
