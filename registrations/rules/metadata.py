"""A client's whole record, and the check of it against every rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from functools import partial
from typing import Final

from registrations.rules import client_names, contacts, logos, pkce, redirect_uris, scopes, web_uris
from registrations.rules.findings import Finding, Severity, Waived, quote
from registrations.rules.free_text import problem as text_problem
from registrations.rules.logos import LogoTraits
from registrations.rules.record_fields import EXCEPTION_FIELDS, FIELDS, LABELS, WEB_URI_FIELDS, Kind, place
from registrations.rules.scopes import ScopeRefusal
from registrations.rules.vocabulary import MAX_TEXT_LENGTH, Environment, PkceSupport

RULES_VERSION: Final = "2026-11-30"
"""The day the rules last changed; stored with a revision's findings."""

_reject = partial(Finding, severity=Severity.REJECT)

_TEXT_FIELDS: Final = tuple(
    name
    for name, field in FIELDS.items()
    if field.kind in (Kind.TEXT, Kind.LINE) and name != client_names.FIELD
)
"""Texts that only :func:`text_length` limits; the client name has a limit of its own (N-01)."""

_REASONS: Final = tuple(name for name in _TEXT_FIELDS if name in EXCEPTION_FIELDS)
"""What the partner writes about a PKCE exception."""

Value = str | bool | tuple[str, ...] | None
"""What one field of a record holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A client's record as the rules see it; names are those of RFC 7591 section 2 where it has one.

    Absent optional fields are empty text, an absent logo is ``None``. ``confidential`` is the partner's
    attestation that the secret stays on their own server (G-08). ``scope_reasons`` are pairs of a scope and
    why the client needs it (S-07). ``pkce_renewal`` is whether a renewal of the PKCE exception in force is
    requested (P-08).
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
    pkce_wished_end: str = ""
    pkce_renewal: bool = False
    subject_type_preference: str = ""
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """What the rules need to know besides the record.

    ``scopes`` are the names of the offered scopes, ``reasoned`` those above the normal tier, ``refused``
    those that stand refused by a reviewer, ``subject_types`` the codes of the offered subject types,
    ``taken`` the names of other partners' clients, ``logo`` the traits of the record's logo, ``environment``
    the one that the client belongs to since its first approval, ``exception`` the PKCE exception in force,
    ``today`` the day on which it is checked.
    """

    scopes: frozenset[str] = frozenset()
    reasoned: frozenset[str] = frozenset()
    refused: Mapping[str, ScopeRefusal] = attribute(default_factory=dict)
    subject_types: frozenset[str] = frozenset()
    taken: tuple[str, ...] = ()
    logo: LogoTraits | None = None
    environment: str = ""
    exception: pkce.RunningException | None = None
    today: date | None = None


def check(record: Metadata, context: RuleContext, waived: Waived = ()) -> list[Finding]:
    """Every finding about every field, in the order of the form.

    ``waived`` rules are left to a reviewer (G-06); they are given as ids or ``(rule, value)`` pairs.
    """
    found = client_names.check(record.client_name, taken=context.taken, waived=waived)
    if record.logo_digest is not None and context.logo is not None:
        found += logos.check(context.logo)
    for field in WEB_URI_FIELDS:
        site = None if field == "client_uri" else record.client_uri
        uri = getattr(record, field)
        found += web_uris.check(field, uri, client_uri=site, redirect_uris=record.redirect_uris)
    found += contacts.check_all(record.contacts, waived=waived)
    found += redirect_uris.check_all(record.redirect_uris, environment=record.environment, waived=waived)
    found += scopes.check_all(record.scope, catalogue=context.scopes, environment=record.environment)
    found += scopes.check_reasons(
        record.scope, record.scope_reasons, reasoned=context.reasoned, refused=context.refused
    )
    found += pkce.check(record.pkce_support, record.pkce_justification, redirect_uris=record.redirect_uris)
    found += [finding for rule in OWN_RULES for finding in rule(record, context)]
    return sorted(found, key=lambda finding: place(finding.field))


def value_of(record: Metadata, field: str) -> Value:
    """The record's value of a field; for the logo, its digest."""
    value: Value = getattr(record, "logo_digest" if field == "logo" else field)
    return value


def environment(record: Metadata, context: RuleContext) -> list[Finding]:
    """E-01 and K-07: no environment, or another one than the client was approved for."""
    given = record.environment
    if given not in set(Environment):
        return [_reject("E-01", field="environment", message="Choose staging or production.", excerpt=given)]
    if not context.environment or given == context.environment:
        return []
    message = f"This client belongs to {context.environment}. Register another one for the other environment."
    return [_reject("K-07", field="environment", message=message, excerpt=given)]


def text_length(record: Metadata, context: RuleContext) -> list[Finding]:
    """P-03: a free text that is too long."""
    return [
        _reject("P-03", field=field, message=f"{LABELS[field]}: write at most {MAX_TEXT_LENGTH} characters.")
        for field in _TEXT_FIELDS
        if len(getattr(record, field)) > MAX_TEXT_LENGTH
    ]


def free_text(record: Metadata, context: RuleContext) -> list[Finding]:
    """F-01: a control character, or one that turns the direction of text, in a reason."""
    texts = [(field, "", getattr(record, field)) for field in _REASONS]
    texts += [("scope", name, reason) for name, reason in record.scope_reasons]
    return [
        _reject("F-01", field=field, message=f"{_of_scope(name)}{problem}", excerpt=name or None)
        for field, name, text in texts
        if (problem := text_problem(text))
    ]


def _of_scope(name: str) -> str:
    return f"Why you need {quote(name)}: " if name else ""


def subject_type(record: Metadata, context: RuleContext) -> list[Finding]:
    """T-03: a subject type that is not on offer."""
    preference = record.subject_type_preference
    if not preference or preference in context.subject_types:
        return []
    message = "Choose one of the listed subject types."
    return [_reject("T-03", field="subject_type_preference", message=message, excerpt=preference)]


def exception_covers(record: Metadata, context: RuleContext) -> list[Finding]:
    """P-08: more than the PKCE exception in force covers, and no request to renew it."""
    running = context.exception
    if running is None or record.pkce_renewal or record.pkce_support != PkceSupport.EXCEPTION_REQUESTED:
        return []
    if not running.is_repeated_by(record.pkce_justification, record.pkce_controls, record.pkce_wished_end):
        return []
    found = pkce.renewal(running.uncovered(record.redirect_uris, record.scope))
    return [found] if found else []


def wished_end(record: Metadata, context: RuleContext) -> list[Finding]:
    """P-09: an end of the PKCE exception that is no day, or on which none can end."""
    if record.pkce_support != PkceSupport.EXCEPTION_REQUESTED:
        return []
    found = pkce.wished_end(record.pkce_wished_end, today=context.today)
    return [found] if found else []


def confidential(record: Metadata, context: RuleContext) -> list[Finding]:
    """G-08: no confirmation that the client can keep its secret."""
    if record.confidential:
        return []
    message = (
        "Confirm that the client secret stays on a server of yours. Only confidential clients are "
        "supported: whoever knows the credentials can present themselves as your client, so the "
        "secret may never reach a device, an app or a page that end users can look into."
    )
    return [_reject("G-08", field="confidential", message=message)]


OWN_RULES: Final[tuple[Callable[[Metadata, RuleContext], list[Finding]], ...]] = (
    environment,
    text_length,
    free_text,
    exception_covers,
    wished_end,
    subject_type,
    confidential,
)
"""The rules about single choices and free texts, and those that compare fields with what was decided."""
