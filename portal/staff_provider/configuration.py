"""The OpenID Connect provider at which staff sign in: settings alone say which, and whom it makes staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from portal.environment import parse_url, read_text

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
LONGEST_ISSUER: Final = 200
"""As long as the column in which allauth keeps the issuer of an account."""
LONGEST_NAME: Final = 40
GROUPS: Final = {"PORTAL_OIDC_REVIEWERS": "Reviewers", "PORTAL_OIDC_PKCE_APPROVERS": "PKCE approvers"}
"""The variables that map groups of the provider, and the groups of the desk that they give."""
OTHERS: Final = (
    "PORTAL_OIDC_CLIENT_ID",
    "PORTAL_OIDC_CLIENT_SECRET",
    "PORTAL_OIDC_NAME",
    "PORTAL_OIDC_DOMAIN",
    "PORTAL_OIDC_CLAIM",
    *GROUPS,
    "PORTAL_OIDC_ACR",
    "PORTAL_OIDC_AMR",
)
"""The variables that say nothing without an issuer; those with a default are left out."""


@dataclass(frozen=True)
class Provider:
    """A provider, the portal as its client, and what its claims have to say. Its repr shows no secret.

    ``domain`` is that of the confirmed address, empty if any will do, and ``claim`` the name and value of a
    claim. ``groups`` has the groups of the provider for each group of the desk that they give. ``acr`` and
    ``amr`` are the values that count as a second factor.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    domain: str
    claim: tuple[str, str] | None
    groups_claim: str
    groups: Mapping[str, frozenset[str]]
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "email", "profile")


def read_provider(*, on_this_machine: bool) -> Provider | None:
    """Read the variables ``PORTAL_OIDC_…``; None if none is set. Raises ImproperlyConfigured.

    The issuer is https, or http ``on_this_machine`` if that is allowed.
    """
    issuer, scopes = read_text("PORTAL_OIDC_ISSUER"), _parse_scopes("PORTAL_OIDC_SCOPES")
    groups_claim = read_text("PORTAL_OIDC_GROUPS_CLAIM", default="groups")
    if not issuer:
        for name in OTHERS:
            if read_text(name):
                raise ImproperlyConfigured(f"PORTAL_OIDC_ISSUER is not set, but {name} is.")
        return None
    domain, claim = read_text("PORTAL_OIDC_DOMAIN").lower(), read_text("PORTAL_OIDC_CLAIM")
    if not domain and not claim:
        raise ImproperlyConfigured(
            "PORTAL_OIDC_DOMAIN is not set, and neither is PORTAL_OIDC_CLAIM: one has to say who is staff."
        )
    groups = {group: frozenset(_values(name)) for name, group in GROUPS.items() if read_text(name)}
    if not groups:
        raise ImproperlyConfigured(
            "PORTAL_OIDC_REVIEWERS is not set, and neither is PORTAL_OIDC_PKCE_APPROVERS: nobody gets in."
        )
    return Provider(
        issuer=_parse_issuer("PORTAL_OIDC_ISSUER", issuer, on_this_machine),
        client_id=_required("PORTAL_OIDC_CLIENT_ID"),
        client_secret=_required("PORTAL_OIDC_CLIENT_SECRET"),
        name=_required("PORTAL_OIDC_NAME", longest=LONGEST_NAME),
        domain=_parse_domain("PORTAL_OIDC_DOMAIN", domain),
        claim=_parse_claim("PORTAL_OIDC_CLAIM", claim),
        groups_claim=groups_claim,
        groups=groups,
        acr=_values("PORTAL_OIDC_ACR"),
        amr=_values("PORTAL_OIDC_AMR"),
        scopes=scopes,
    )


def _required(name: str, longest: int = 1000) -> str:
    value = read_text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set, but PORTAL_OIDC_ISSUER is.")
    if not value.isprintable() or len(value) > longest:
        raise ImproperlyConfigured(f"{name} must be one line of at most {longest} characters.")
    return value


def _values(name: str) -> tuple[str, ...]:
    """The values of a variable, separated by commas; none if it is unset."""
    written = read_text(name)
    values = tuple(value.strip() for value in written.split(",") if value.strip())
    if (written and not values) or not written.isprintable():
        raise ImproperlyConfigured(f"{name} must be values, with a comma between two.")
    return values


def _parse_issuer(name: str, value: str, on_this_machine: bool) -> str:
    parts = urlsplit(parse_url(name, value, ("http", "https")))
    if parts.scheme == "http" and not (on_this_machine and parts.hostname in LOOPBACK):
        raise ImproperlyConfigured(f"{name} must begin with https:// (with DEBUG, also http://localhost).")
    if not parts.hostname or "@" in parts.netloc or "?" in value or "#" in value or not value.isascii():
        raise ImproperlyConfigured(
            f"{name} must name a host, in ASCII, without a user, a query or a fragment."
        )
    if len(value) > LONGEST_ISSUER:
        raise ImproperlyConfigured(f"{name} must have at most {LONGEST_ISSUER} characters.")
    return value


def _parse_domain(name: str, value: str) -> str:
    try:
        if value:
            validate_email(f"somebody@{value}")
    except ValidationError:
        raise ImproperlyConfigured(f"{name} must be what follows the @ of an address, alone.") from None
    return value


def _parse_claim(name: str, value: str) -> tuple[str, str] | None:
    claim, _, wanted = (part.strip() for part in value.partition("="))
    if value and not (claim and wanted and value.isprintable()):
        raise ImproperlyConfigured(f"{name} must be the name of a claim, = and its value.")
    return (claim, wanted) if value else None


def _parse_scopes(name: str) -> tuple[str, ...]:
    scopes = tuple(read_text(name, default="openid email profile").split())
    if "openid" not in scopes or not all(scope.isascii() and scope.isprintable() for scope in scopes):
        raise ImproperlyConfigured(f"{name} must be scopes with blanks between them, openid among them.")
    return scopes
