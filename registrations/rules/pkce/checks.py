"""PKCE support and the request for an exception: rules P-01, P-03 and P-05."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from registrations.rules import redirect_uris as callbacks
from registrations.rules.data.known_hosts import PUBLIC_CLIENTS
from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.findings import Finding, Severity, rejections
from registrations.rules.vocabulary import MIN_JUSTIFICATION_LENGTH, PkceSupport

SUPPORT_FIELD: Final = "pkce_support"
JUSTIFICATION_FIELD: Final = "pkce_justification"
REMINDER_DAYS: Final = (30, 7)
"""Days before an exception's last day on which the partner is reminded."""


def check(support: str, justification: str, *, redirect_uris: Sequence[str]) -> list[Finding]:
    """Findings about the choice, and about a request for an exception and its reason."""
    if support == PkceSupport.SUPPORTED:
        return []
    if support != PkceSupport.EXCEPTION_REQUESTED:
        return [_reject("P-01", SUPPORT_FIELD, "Choose whether your client supports PKCE.")]
    return [*_justified(justification), *_eligible(redirect_uris)]


def next_reminder(expires_on: date, *, after: date) -> date | None:
    """The first day after ``after`` on which to remind the partner, or ``None`` if none is left."""
    days = (expires_on - timedelta(days=before) for before in REMINDER_DAYS)
    return next((day for day in days if day > after), None)


def _reject(rule: str, field: str, message: str, excerpt: str | None = None) -> Finding:
    return Finding(rule, Severity.REJECT, field, message, excerpt=excerpt)


def _justified(justification: str) -> list[Finding]:
    if len(" ".join(justification.split())) >= MIN_JUSTIFICATION_LENGTH:
        return []
    message = (
        f"Give the technical reason in at least {MIN_JUSTIFICATION_LENGTH} characters: "
        "staff decide on each exception by it."
    )
    return [_reject("P-03", JUSTIFICATION_FIELD, message)]


def _eligible(redirect_uris: Sequence[str]) -> list[Finding]:
    """P-05: no exception for local and public clients, which need PKCE most (RFC 8252 section 8.1)."""
    hosts = [callbacks.host_of(uri) for uri in redirect_uris if not rejections(callbacks.check(uri))]
    if hosts and all(host in LOOPBACK_HOSTS for host in hosts):
        message = "A client with local redirect URIs only must use PKCE. Choose “Supported”."
        return [_reject("P-05", SUPPORT_FIELD, message)]
    public = next((host for host in hosts if _keeps_no_secret(host)), None)
    if public is None:
        return []
    message = f"A client at {public} must use PKCE. Choose “Supported”."
    return [_reject("P-05", SUPPORT_FIELD, message, excerpt=public)]


def _keeps_no_secret(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in PUBLIC_CLIENTS for at in range(len(labels)))
