"""Signals: what a reviewer looks at first in a version under review, as marks from grave to note.

One pure function makes them of the version, the history of its organisation, and what other clients show.
What the live version has already gives no mark: somebody approved it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from registrations.domain import sites
from registrations.domain.lifecycle import PkceStatus, RegistrationStatus, RevisionStatus
from registrations.domain.similar_names import Look
from registrations.domain.sites import HostUse
from registrations.rules import client_names, redirect_uris, scopes
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import LABELS


class Severity(IntEnum):
    """How much a mark weighs."""

    NOTE = 1
    DOUBT = 2
    GRAVE = 3


class MarkKind(StrEnum):
    """What a mark is about, gravest first; the spelling is stored and stands in URLs."""

    TWIN_NAME = "twin_name"
    HOST_OF_ANOTHER = "host_of_another"
    SUSPENDED = "suspended"
    SCOPE_REFUSED = "scope_refused"
    NEAR_NAME = "near_name"
    NEW_HOST = "new_host"
    HOST_OFF_SITE = "host_off_site"
    RESTRICTED_SCOPE = "restricted_scope"
    WRITE_SCOPE = "write_scope"
    SCOPE_REFUSED_ELSEWHERE = "scope_refused_elsewhere"
    PKCE_REQUESTED = "pkce_requested"
    PKCE_REFUSED = "pkce_refused"
    OVERRIDE = "override"
    PKCE_RUNNING = "pkce_running"
    CLOSED = "closed"
    REJECTED = "rejected"
    FREE_MAIL = "free_mail"
    NEWCOMER = "newcomer"
    UNREACHABLE = "unreachable"
    PAGE_OFF_SITE = "page_off_site"
    FINDINGS = "findings"

    @property
    def about(self) -> About:
        return ABOUT[self]

    @property
    def severity(self) -> Severity:
        return self.about.severity

    @property
    def words(self) -> str:
        return self.about.words


class About(NamedTuple):
    """What is said about every mark of a kind: a sentence, and a name short enough for a column.

    ``part`` is the id of the part of the review page that shows more, empty where the mark shows it all.
    """

    severity: Severity
    words: str
    short: str
    part: str = ""


K, GRAVE, DOUBT, NOTE = MarkKind, Severity.GRAVE, Severity.DOUBT, Severity.NOTE

ABOUT: Final[Mapping[MarkKind, About]] = {
    K.TWIN_NAME: About(GRAVE, "A client of another organisation has a name that looks the same", "Same name"),
    K.HOST_OF_ANOTHER: About(
        GRAVE,
        "Redirect host that another organisation’s client has as well",
        "Host of another",
        "hosts-title",
    ),
    K.SUSPENDED: About(GRAVE, "The organisation has a suspended client", "Suspension"),
    K.SCOPE_REFUSED: About(
        GRAVE, "Scope that was refused to this client and is asked for again", "Refused scope"
    ),
    K.NEAR_NAME: About(DOUBT, "A client of another organisation has a similar name", "Similar name"),
    K.NEW_HOST: About(
        DOUBT, "Redirect host that no approved client of this organisation uses", "New host", "hosts-title"
    ),
    K.HOST_OFF_SITE: About(
        DOUBT, "Redirect host outside the client’s own site", "Host off site", "hosts-title"
    ),
    K.RESTRICTED_SCOPE: About(DOUBT, "Restricted scope, which needs a second person", "Restricted scope"),
    K.WRITE_SCOPE: About(DOUBT, "Scope that writes", "Write scope"),
    K.SCOPE_REFUSED_ELSEWHERE: About(
        DOUBT, "Scope that was refused to another client of this organisation", "Scope refused elsewhere"
    ),
    K.PKCE_REQUESTED: About(DOUBT, "A PKCE exception is requested", "PKCE exception", "pkce"),
    K.PKCE_REFUSED: About(
        DOUBT, "A PKCE exception was refused to this organisation", "PKCE refused before", "pkce"
    ),
    K.OVERRIDE: About(
        DOUBT,
        "The partner asks you to accept a value that a rule rejects",
        "Override asked",
        "override-requests",
    ),
    K.PKCE_RUNNING: About(NOTE, "A PKCE exception is in force", "PKCE exception in force"),
    K.CLOSED: About(NOTE, "Pleo closed a client of this organisation", "Closed client"),
    K.REJECTED: About(NOTE, "A client of this organisation was rejected", "Rejected client"),
    K.FREE_MAIL: About(
        NOTE, "The submitter’s email address is one that anyone can get", "Free email address", "hosts-title"
    ),
    K.NEWCOMER: About(NOTE, "Nothing of this organisation was approved before", "New organisation"),
    K.UNREACHABLE: About(NOTE, "Address that did not pass its check", "Check failed"),
    K.PAGE_OFF_SITE: About(NOTE, "Page outside the client’s own site", "Page off site", "hosts-title"),
    K.FINDINGS: About(NOTE, "The rules found something", "Findings", "findings-title"),
}


class Value(NamedTuple):
    """What a mark points at: a text, more about it, and whose page shows it.

    At most one of ``client`` and ``organisation`` is set.
    """

    text: str
    about: str = ""
    client: UUID | None = None
    organisation: UUID | None = None


class Mark(NamedTuple):
    """One thing to look at, with its evidence."""

    kind: MarkKind
    values: tuple[Value, ...] = ()

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    @property
    def words(self) -> str:
        return self.kind.words


# --- What the marks are made of ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A version under review of the client with the UUID ``client``, and the live version before it.

    ``restricted`` are the restricted ones among its scopes, ``submitter`` is an email address, ``exception``
    the state of the PKCE exception that it requests, ``asked`` the values for which an override is requested
    and not answered, ``unreachable`` the addresses that failed their check.
    """

    client: UUID
    record: Metadata
    live: Metadata | None = None
    restricted: Collection[str] = ()
    submitter: str = ""
    exception: PkceStatus | None = None
    asked: Sequence[str] = ()
    unreachable: Sequence[str] = ()
    has_findings: bool = False

    @property
    def has_new_name(self) -> bool:
        if self.live is None:
            return True
        before, now = (client_names.skeleton(one.client_name) for one in (self.live, self.record))
        return before != now

    @cached_property
    def new_scopes(self) -> list[str]:
        """The scopes that the live version does not have."""
        return [name for name in self.record.scope if self.live is None or name not in self.live.scope]

    @cached_property
    def new_hosts(self) -> list[str]:
        """The hosts of redirect URIs that the live version does not redirect to, but for the own machine."""
        before = set(hosts_to_compare(self.live)) if self.live else set()
        return [host for host in hosts_to_compare(self.record) if host not in before]

    @cached_property
    def new_off_site(self) -> list[HostUse]:
        """The hosts outside the client's site, but for those that were outside it in the live version."""
        before = {(use.host, use.labels) for use in _off_site(self.live)} if self.live else set()
        return [use for use in _off_site(self.record) if (use.host, use.labels) not in before]


class OwnClient(NamedTuple):
    """A client of the organisation. ``reason`` is why staff suspended, closed or rejected it.

    ``verdict`` is the status of its newest version that is not under review.
    """

    key: UUID
    name: str
    status: RegistrationStatus
    was_live: bool
    verdict: RevisionStatus | None = None
    reason: str = ""


class Refusal(NamedTuple):
    """A scope that was refused to a client of the organisation; with an empty ``scope`` a PKCE exception."""

    client: UUID
    name: str
    reason: str
    scope: str = ""


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened to the organisation's clients, this one included.

    ``running_until`` is the last day of the PKCE exception of this client that is in force today.
    """

    clients: Sequence[OwnClient] = ()
    refusals: Sequence[Refusal] = ()
    running_until: date | None = None

    @property
    def is_newcomer(self) -> bool:
        return not any(client.was_live for client in self.clients)


class SimilarName(NamedTuple):
    """A client of another organisation whose name looks like this one's; ``state`` in words."""

    look: Look
    name: str
    organisation: str
    state: str
    client: UUID


class HostElsewhere(NamedTuple):
    """A redirect host that a client of another organisation has, live or under review."""

    host: str
    organisation: str
    key: UUID


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the other clients show about this version.

    ``own_hosts`` are the redirect hosts of approved clients of the same organisation.
    """

    names: Sequence[SimilarName] = ()
    hosts: Sequence[HostElsewhere] = ()
    own_hosts: Collection[str] = ()


# --- The marks ---------------------------------------------------------------------------------------------


def marks_of(submission: Submission, history: History, evidence: Evidence) -> list[Mark]:
    """What to look at first, gravest first; at most one mark of a kind."""
    found: dict[MarkKind, list[Value]] = {}
    for kind, value in _found(submission, history, evidence):
        found.setdefault(kind, []).extend([value] if value else [])
    return [Mark(kind, tuple(found[kind])) for kind in MarkKind if kind in found]


def risk_of(kinds: Iterable[MarkKind]) -> int:
    """One number to sort by: first how many marks are grave, then how many are doubts, then notes."""
    return sum(len(MarkKind) ** (kind.severity - NOTE) for kind in kinds)


def hosts_to_compare(record: Metadata) -> list[str]:
    """The hosts of a record's redirect URIs, each once, but for the own machine, which is everybody's."""
    hosts = dict.fromkeys(redirect_uris.host_of(uri) for uri in record.redirect_uris)
    return [host for host in hosts if host not in LOOPBACK_HOSTS]


Found = Iterator[tuple[MarkKind, Value | None]]


def _found(submission: Submission, history: History, evidence: Evidence) -> Found:
    yield from _of_names(submission, evidence)
    yield from _of_hosts(submission, history, evidence)
    yield from _of_scopes(submission, history)
    yield from _of_pkce(submission, history)
    yield from _of_clients(history)
    for value in submission.asked:
        yield K.OVERRIDE, Value(value)
    if sites.anyone_can_have(sites.domain_of(submission.submitter)):
        yield K.FREE_MAIL, Value(submission.submitter)
    for uri in submission.unreachable:
        yield K.UNREACHABLE, Value(uri)
    if submission.has_findings:
        yield K.FINDINGS, None


def _of_names(submission: Submission, evidence: Evidence) -> Found:
    for twin in evidence.names if submission.has_new_name else ():
        kind = K.TWIN_NAME if twin.look is Look.SAME else K.NEAR_NAME
        yield kind, Value(twin.name, f"of {twin.organisation}: {twin.state}", client=twin.client)


def _of_hosts(submission: Submission, history: History, evidence: Evidence) -> Found:
    for use in evidence.hosts:
        if use.host in submission.new_hosts and not sites.is_shared(use.host):
            yield K.HOST_OF_ANOTHER, Value(use.host, f"of {use.organisation}", organisation=use.key)
    for host in submission.new_hosts:
        if host not in evidence.own_hosts and not history.is_newcomer:
            yield K.NEW_HOST, Value(host)
    for off_site in submission.new_off_site:
        redirects = LABELS["redirect_uris"] in off_site.labels
        about = "shared by many" if off_site.is_shared else ""
        yield K.HOST_OFF_SITE if redirects else K.PAGE_OFF_SITE, Value(off_site.host, about)


def _of_scopes(submission: Submission, history: History) -> Found:
    for name in submission.new_scopes:
        if name in submission.restricted:
            yield K.RESTRICTED_SCOPE, Value(name)
        if scopes.writes(name):
            yield K.WRITE_SCOPE, Value(name)
    for refusal in history.refusals:
        if refusal.scope and refusal.scope in submission.new_scopes:
            is_own = refusal.client == submission.client
            whose = Value(refusal.scope, refusal.reason)
            if not is_own:
                whose = Value(f"{refusal.scope} for {refusal.name}", refusal.reason, client=refusal.client)
            yield K.SCOPE_REFUSED if is_own else K.SCOPE_REFUSED_ELSEWHERE, whose


def _of_pkce(submission: Submission, history: History) -> Found:
    if submission.exception is PkceStatus.REQUESTED:
        yield K.PKCE_REQUESTED, None
    if history.running_until:
        yield K.PKCE_RUNNING, Value(_day(history.running_until))
    for refusal in history.refusals if submission.exception else ():
        if not refusal.scope:
            yield K.PKCE_REFUSED, Value(refusal.name, refusal.reason, client=refusal.client)


def _of_clients(history: History) -> Found:
    if history.is_newcomer:
        yield K.NEWCOMER, None
    for client in history.clients:
        match client:
            case OwnClient(status=RegistrationStatus.SUSPENDED):
                kind = K.SUSPENDED
            case OwnClient(status=RegistrationStatus.CLOSED) if client.reason:
                kind = K.CLOSED
            case OwnClient(status=RegistrationStatus.PENDING, verdict=RevisionStatus.REJECTED):
                kind = K.REJECTED
            case _:
                continue
        yield kind, Value(client.name, client.reason, client=client.key)


def _day(day: date) -> str:
    return f"until {day.day} {day:%B %Y}"


def _off_site(record: Metadata) -> list[HostUse]:
    return [use for use in sites.hosts_of(record) if not use.is_own_site]
