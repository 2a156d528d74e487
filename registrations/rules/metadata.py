"""A client's whole record, and the check of it against every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from registrations.rules import client_names, contacts, pkce, redirect_uris, scopes, web_uris
from registrations.rules.fields import LABELS, WEB_URI_FIELDS, place
from registrations.rules.findings import Finding, Severity, Waived
from registrations.rules.logos import traits as logo_traits
from registrations.rules.logos.traits import LogoTraits
from registrations.rules.vocabulary import MAX_TEXT_LENGTH, Environment, PkceSupport

RULES_VERSION: Final = "2026-11-28"
"""The day the rules last changed; stored with a revision's findings."""

Value = str | bool | tuple[str, ...] | None
"""What one field of a record holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A client's record as the rules see it; names are those of RFC 7591 section 2 where it has one.

    Absent optional fields are empty text, an absent logo is ``None``. ``confidential`` is the partner's
    attestation that the secret stays on their own server (G-08). ``scope_reasons`` are pairs of a scope and
    why the client needs it (S-07).
    """

    client_name: str = ""
    client_uri: str = ""
    logo_digest: str | None = None
    tos_uri: str = ""
    policy_uri: str = ""
    contacts: tuple[str, ...] = ()
    initiation_uri: str = ""
    configuration_uri: str = ""
    environment: str = Environment.STAGING.value
    redirect_uris: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    scope_reasons: tuple[tuple[str, str], ...] = ()
    pkce_support: str = PkceSupport.SUPPORTED.value
    pkce_justification: str = ""
    pkce_controls: str = ""
    subject_type_preference: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """What the rules need to know besides the record.

    ``scopes`` are the names of the offered scopes, ``reasoned`` those above the normal tier,
    ``subject_types`` the codes of the offered subject types, ``taken`` the names of other partners' clients,
    ``logo`` the traits of the record's logo, ``environment`` the one that the client belongs to since its
    first approval.
    """

    scopes: frozenset[str] = frozenset()
    reasoned: frozenset[str] = frozenset()
    subject_types: frozenset[str] = frozenset()
    taken: tuple[str, ...] = ()
    logo: LogoTraits | None = None
    environment: str = ""


def check(metadata: Metadata, context: RuleContext, waived: Waived = ()) -> list[Finding]:
    """Every finding about every field, in the order of the form.

    ``waived`` rules are left to a reviewer (G-06); they are given as ids or ``(rule, value)`` pairs.
    """
    found = [finding for rule in _RULES for finding in rule(metadata, context, waived)]
    return sorted(found, key=lambda finding: place(finding.field))


def value_of(record: Metadata, field: str) -> Value:
    """The record's value of a field; for the logo, its digest."""
    value: Value = getattr(record, "logo_digest" if field == "logo" else field)
    return value


def _name(record: Metadata, context: RuleContext, waived: Waived) -> list[Finding]:
    return client_names.check(record.client_name, taken=context.taken, waived=waived)


def _logo(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    if record.logo_digest is not None and context.logo is not None:
        yield from logo_traits.check(context.logo)


def _pages(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    for field in WEB_URI_FIELDS:
        site = None if field == "client_uri" else record.client_uri
        uri = getattr(record, field)
        yield from web_uris.check(field, uri, client_uri=site, redirect_uris=record.redirect_uris)


def _contacts(record: Metadata, context: RuleContext, waived: Waived) -> list[Finding]:
    return contacts.check_all(record.contacts, waived=waived)


def _environment(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    if record.environment not in set(Environment):
        yield _reject("E-01", "environment", "Choose staging or production.", record.environment)
    elif context.environment and record.environment != context.environment:
        message = (
            f"This client belongs to {context.environment}. Register another one for the other environment."
        )
        yield _reject("K-07", "environment", message, record.environment)


def _redirects(record: Metadata, context: RuleContext, waived: Waived) -> list[Finding]:
    return redirect_uris.check_all(record.redirect_uris, environment=record.environment, waived=waived)


def _scope(record: Metadata, context: RuleContext, waived: Waived) -> list[Finding]:
    found = scopes.check_all(record.scope, catalogue=context.scopes, environment=record.environment)
    return found + scopes.check_reasons(record.scope, record.scope_reasons, reasoned=context.reasoned)


def _pkce(record: Metadata, context: RuleContext, waived: Waived) -> list[Finding]:
    return pkce.check(record.pkce_support, record.pkce_justification, redirect_uris=record.redirect_uris)


def _texts(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    for field in ("pkce_justification", "pkce_controls"):
        if len(getattr(record, field)) > MAX_TEXT_LENGTH:
            message = f"{LABELS[field]}: write at most {MAX_TEXT_LENGTH} characters."
            yield _reject("P-03", field, message)


def _subject_type(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    preference = record.subject_type_preference
    if preference and preference not in context.subject_types:
        yield _reject(
            "T-03", "subject_type_preference", "Choose one of the listed subject types.", preference
        )


def _confidential(record: Metadata, context: RuleContext, waived: Waived) -> Iterator[Finding]:
    if not record.confidential:
        yield _reject(
            "G-08",
            "confidential",
            "Confirm that the client secret stays on a server of yours. Only confidential clients are "
            "supported: whoever knows the credentials can present themselves as your client, so the "
            "secret may never reach a device, an app or a page that end users can look into.",
        )


def _reject(rule: str, field: str, message: str, excerpt: str | None = None) -> Finding:
    return Finding(rule, Severity.REJECT, field, message, excerpt=excerpt)


_Rule = Callable[[Metadata, RuleContext, Waived], "Iterator[Finding] | list[Finding]"]
_RULES: Final[tuple[_Rule, ...]] = (
    _name,
    _logo,
    _pages,
    _contacts,
    _environment,
    _redirects,
    _scope,
    _pkce,
    _texts,
    _subject_type,
    _confidential,
)
