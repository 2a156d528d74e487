"""Signals for and against a record on the review page: hosts, email domain, reasons for doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from portal.accounts.mail import has_verified_address
from registrations.domain import sites
from registrations.domain.sites import Mail
from registrations.models import Revision

_MAIL_WORDS: Final[Mapping[Mail, str]] = {
    Mail.SAME_SITE: "The same domain as the client URI.",
    Mail.FREE: "A mail service that is open to anyone: it says nothing about the client.",
    Mail.OTHER: "Not the domain of the client URI.",
}


class MailDomain(NamedTuple):
    """The domain of the submitter's email address, and whether they verified that address."""

    kind: str
    domain: str
    is_verified: bool
    words: str


class Doubt(NamedTuple):
    """A reason to look twice; ``target`` is the id of its part of the page, if it has one."""

    kind: str
    words: str
    values: tuple[str, ...] = ()
    target: str = ""


def context(revision: Revision, *, is_first: bool, undecided: Mapping[str, bool]) -> dict[str, Any]:
    """The template context of the signals; one query.

    ``undecided`` says whether the PKCE exception, ``pkce``, and the override requests, ``asks``,
    still wait for the desk.
    """
    return {
        "hosts": sites.hosts_of(revision.metadata()),
        "mail": _mail(revision),
        "doubts": list(_doubts(revision, undecided)) if is_first else [],
    }


def _mail(revision: Revision) -> MailDomain:
    person = revision.submitted_by
    kind = sites.mail_of(person.email, revision.client_uri)
    return MailDomain(
        kind.value, sites.domain_of(person.email), has_verified_address(person), _MAIL_WORDS[kind]
    )


def _doubts(revision: Revision, undecided: Mapping[str, bool]) -> Iterator[Doubt]:
    """What to doubt in a first submission, gravest first."""
    elsewhere = tuple(use.host for use in sites.hosts_of(revision.metadata()) if not use.is_own_site)
    if elsewhere:
        yield Doubt("hosts", "Hosts outside the site of the client URI", elsewhere, "hosts-title")
    writes = tuple(child.scope_id for child in revision.requested_scopes.all() if child.scope.writes)
    if writes:
        yield Doubt("scopes", "Scopes that write", writes)
    if undecided["pkce"]:
        yield Doubt("pkce", "A PKCE exception is requested", target="pkce")
    if undecided["asks"]:
        yield Doubt("asks", "The partner asks to accept what a rule rejects", target="override-requests")
    if revision.findings:
        yield Doubt("findings", "The rules left notes", target="findings-title")
