"""The checklist of a review: items that the evidence answers, and items that only a person can judge.

A person's items are worded so that a tick means that all is well; the others state what the evidence shows,
so that no line contradicts its mark. Items that do not apply are left out: without a logo, nobody is asked
about one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from registrations.domain import sites
from registrations.domain.lifecycle import PkceStatus
from registrations.domain.sites import Mail
from registrations.rules.findings import Finding
from registrations.rules.metadata import Metadata
from registrations.rules.record_fields import WEB_URI_FIELDS
from registrations.rules.redirect_uris import hosts, shape
from registrations.rules.vocabulary import PkceSupport


class Mark(StrEnum):
    """The result of an item. ``ask`` waits for a person's tick."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    ASK = "ask"


class Item(NamedTuple):
    """One line of the checklist. ``words`` explain the mark, or say what to look at.

    ``about`` are the digests of the values that a tick on the item judges, one for each entry of a list: it
    counts for no others.
    """

    code: str
    statement: str
    mark: Mark
    words: str
    about: frozenset[str] = frozenset()


class Look(NamedTuple):
    """The result of the reachability check of an address; ``mark`` is ``None`` until it has run."""

    field: str
    uri: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the portal knows about a revision without asking a person.

    ``findings`` are those of its submission. ``asked`` are its override requests and ``accepted`` the
    accepted ones, as pairs of a rule and a value (rule G-06). ``exception`` is the status of the PKCE
    exception that it requests. ``colleague`` is the name of another reviewer who has claimed the review, else
    empty. ``mail`` is None where nobody submitted it.
    """

    record: Metadata
    findings: Collection[Finding] = ()
    looks: Collection[Look] = ()
    asked: frozenset[tuple[str, str]] = frozenset()
    accepted: frozenset[tuple[str, str]] = frozenset()
    exception: PkceStatus | None = None
    colleague: str = ""
    mail: Mail | None = Mail.OTHER
    mail_is_verified: bool = False


def items(evidence: Evidence) -> list[Item]:
    """The whole checklist: first the items that the evidence answers, then those for a person."""
    answered = (item for answer in _ANSWERS for item in answer(evidence))
    return [*answered, *to_tick(evidence.record, requests_exception=evidence.exception is not None)]


_STATEMENTS: Final[Mapping[str, str]] = {
    "name_is_theirs": "The client name says whose client it is and could not be taken for somebody else’s.",
    "site_shows_product": "The client URI leads to the product with this name.",
    "logo_is_theirs": "The logo uses neither Pleo’s mark nor its colours, and belongs to the partner.",
    "terms_cover_product": "The terms of service are for this product.",
    "policy_names_product": "The privacy policy names this product.",
    "contacts_are_theirs": "The contacts are people or teams of the partner, not private mailboxes.",
    "redirect_hosts_are_theirs": "The redirect hosts are the partner’s own.",
    "scopes_are_needed": "The product needs every scope that it asks for.",
    "pkce_reason_holds": "The reason for the exception is convincing, and something else protects the flow.",
}

TICKABLE: Final = frozenset(_STATEMENTS)
"""Codes of the items that a person ticks."""


def statement(code: str) -> str:
    """The statement that a tick on the item confirms."""
    return _STATEMENTS[code]


def to_tick(record: Metadata, *, requests_exception: bool = True) -> list[Item]:
    """The items that only a person can judge about the record.

    ``requests_exception`` is whether the revision requests its PKCE exception, rather than leaving the one in
    force as it is.
    """
    named = dict.fromkeys(shape.split(uri).host for uri in record.redirect_uris)
    callbacks = [name for name in named if not hosts.read(name).is_loopback]  # not the user's own machine
    is_excepted = requests_exception and record.pkce_support == PkceSupport.EXCEPTION_REQUESTED
    words: Mapping[str, str | None] = {
        "name_is_theirs": record.client_name,
        "site_shows_product": record.client_uri,
        "logo_is_theirs": "Look at it on a light and on a dark background." if record.logo_digest else None,
        "terms_cover_product": record.tos_uri,
        "policy_names_product": record.policy_uri,
        "contacts_are_theirs": ", ".join(record.contacts),
        "redirect_hosts_are_theirs": ", ".join(callbacks) if callbacks else None,
        "scopes_are_needed": ", ".join(record.scope),
        "pkce_reason_holds": "Read what the partner wrote with the exception." if is_excepted else None,
    }
    name, reasons = record.client_name, dict(record.scope_reasons)
    excepted = (record.pkce_justification, record.pkce_controls)
    judged: Mapping[str, Iterable[object]] = {
        "name_is_theirs": [name],
        "site_shows_product": [(name, record.client_uri)],
        "logo_is_theirs": [record.logo_digest],
        "terms_cover_product": [(name, record.tos_uri)],
        "policy_names_product": [(name, record.policy_uri)],
        "contacts_are_theirs": record.contacts,
        "redirect_hosts_are_theirs": callbacks,
        "scopes_are_needed": [(scope, reasons.get(scope, "")) for scope in record.scope],
        "pkce_reason_holds": [(*excepted, value) for value in (*record.redirect_uris, *record.scope)],
    }
    return [
        Item(code, statement(code), Mark.ASK, text, frozenset(map(_digest, judged[code])))
        for code, text in words.items()
        if text is not None
    ]


def _digest(value: object) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()


class _Area(NamedTuple):
    """Fields whose findings form one item, and what the item calls them."""

    code: str
    subject: str
    fields: frozenset[str]


_AREAS: Final = (
    _Area("name_rules", "the client name", frozenset({"client_name"})),
    _Area("page_rules", "the links", frozenset(WEB_URI_FIELDS)),
    _Area("redirect_rules", "the redirect URIs", frozenset({"redirect_uris"})),
    _Area("contact_rules", "the contacts", frozenset({"contacts"})),
)


def rules(evidence: Evidence) -> Iterator[Item]:
    """What the rules remark, an item per area."""
    left = list(evidence.findings)
    for area in _AREAS:
        yield _remarks(area.code, area.subject, [each for each in left if each.field in area.fields])
        left = [each for each in left if each.field not in area.fields]
    if left:
        yield _remarks("other_rules", "the rest of the record", left)


def _remarks(code: str, subject: str, found: Collection[Finding]) -> Item:
    if not found:
        return Item(code, f"The rules found no problem with {subject}.", Mark.PASS, "")
    rules = ", ".join(sorted({finding.rule for finding in found}))
    mark = Mark.FAIL if any(finding.rejects for finding in found) else Mark.WARN
    return Item(code, f"The rules found something about {subject}.", mark, f"Read what they found: {rules}.")


def reachability(evidence: Evidence) -> Iterator[Item]:
    """Whether the links and the redirect hosts answer."""
    pages = [look for look in evidence.looks if look.field in WEB_URI_FIELDS]
    callbacks = [look for look in evidence.looks if look.field not in WEB_URI_FIELDS]
    if pages:
        yield _looked_at("pages_answer", "links", pages)
    if callbacks:
        yield _looked_at("redirect_hosts_answer", "redirect hosts", callbacks)


def _looked_at(code: str, subject: str, looks: Collection[Look]) -> Item:
    waiting = [look.uri for look in looks if look.mark is None]
    doubted = [look.uri for look in looks if look.mark in (Mark.WARN, Mark.FAIL)]
    words = [f"Problems: {', '.join(doubted)}."] if doubted else []
    words += [f"Not checked yet: {', '.join(waiting)}."] if waiting else []
    failed = any(look.mark is Mark.FAIL for look in looks)
    mark = Mark.FAIL if failed else Mark.WARN if words else Mark.PASS
    statement = f"Not all {subject} are known to answer." if words else f"The {subject} answer."
    return Item(code, statement, mark, " ".join(words))


def one_site(evidence: Evidence) -> Iterator[Item]:
    """Whether all hosts are on the client's own site."""
    elsewhere = [use.host for use in sites.hosts_of(evidence.record) if not use.is_own_site]
    if elsewhere:
        words = f"Elsewhere: {', '.join(elsewhere)}."
        yield Item("one_site", "Not all hosts are on the client’s own site.", Mark.WARN, words)
    else:
        yield Item("one_site", "All hosts are on the client’s own site.", Mark.PASS, "")


_MAIL: Final[Mapping[Mail, tuple[Mark, str]]] = {
    Mail.SAME_SITE: (Mark.PASS, ""),
    Mail.FREE: (Mark.WARN, "A mail service that is open to anyone."),
    Mail.OTHER: (Mark.WARN, "Not the domain of the client URI."),
}


def submitter_mail(evidence: Evidence) -> Iterator[Item]:
    """Whether the submitter has a confirmed email address at the client's domain."""
    if evidence.mail is None:
        return
    mark, words = _MAIL[evidence.mail]
    if not evidence.mail_is_verified:
        mark, words = Mark.FAIL, "The address was never confirmed."
    reads = "reads email" if mark is Mark.PASS else "is not known to read email"
    yield Item("submitter_mail", f"The submitter {reads} at the domain of the client URI.", mark, words)


def questions_answered(evidence: Evidence) -> Iterator[Item]:
    """Whether every override request is accepted (G-06)."""
    if not evidence.asked:
        return
    left = ", ".join(sorted(value for _, value in evidence.asked - evidence.accepted))
    asks = "What the partner asks you to accept is"
    if left:
        yield Item("questions_answered", f"{asks} not accepted yet.", Mark.FAIL, f"Not accepted: {left}.")
    else:
        yield Item("questions_answered", f"{asks} accepted.", Mark.PASS, "")


_EXCEPTION: Final[Mapping[PkceStatus, tuple[Mark, str]]] = {
    PkceStatus.REQUESTED: (Mark.WARN, "A PKCE approver has not decided yet."),
    PkceStatus.GRANTED: (Mark.PASS, ""),
    PkceStatus.IN_FORCE: (Mark.PASS, ""),
    PkceStatus.REFUSED: (Mark.FAIL, "It was refused."),
}


def pkce_granted(evidence: Evidence) -> Iterator[Item]:
    """Whether the requested PKCE exception is granted."""
    if evidence.exception is not None:
        mark, words = _EXCEPTION.get(evidence.exception, (Mark.WARN, "It has ended."))
        stands = "granted" if mark is Mark.PASS else "not granted"
        yield Item("pkce_granted", f"The PKCE exception is {stands}.", mark, words)


def unclaimed(evidence: Evidence) -> Iterator[Item]:
    """Whether another reviewer has claimed the review."""
    if evidence.colleague:
        words = f"Claimed by {evidence.colleague}."
        yield Item("unclaimed", "A colleague has claimed the review.", Mark.WARN, words)


_ANSWERS: Final[tuple[Callable[[Evidence], Iterator[Item]], ...]] = (
    rules,
    reachability,
    one_site,
    submitter_mail,
    questions_answered,
    pkce_granted,
    unclaimed,
)
"""The items that the evidence answers, in the order of the page."""
