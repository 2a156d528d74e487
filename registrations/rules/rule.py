"""The types that describe a rule: its statement, reason, source and examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registrations.rules.findings import Severity

GUIDE = "the registration guide"
"""What rules call the document that partners register by, in their ``source``."""
OURS = "our own judgement"

TITLES: Final = {
    "ascii": "Plain ASCII",
    "bare": "Just the address",
    "brand": "Pleo in the name",
    "brand_in_host": "Pleo in a host name",
    "brand_maybe": "What may be Pleo",
    "bytes": "Size of the file",
    "charset": "Characters",
    "control": "Control characters",
    "count": "How many contacts",
    "domain": "A domain as a name",
    "duplicate": "Listed twice",
    "empty": "Nothing entered",
    "fragment": "Nothing behind a #",
    "host_percent": "Percent signs in the host",
    "host_syntax": "Spelling of the host",
    "https_required": "HTTPS required",
    "idn": "International name",
    "idn_invalid": "International name that is not valid",
    "invisible": "Invisible characters",
    "initiation_is_callback": "Initiation URI is a redirect URI",
    "ip_literal": "Number in place of a name",
    "ipv4_form": "Spelling of an IPv4 address",
    "look": "Worth a second look",
    "no_host": "Host is missing",
    "no_path": "Nothing behind the host",
    "non_ascii": "Plain ASCII",
    "not_absolute": "The whole address",
    "not_for_production": "For testing only",
    "not_public_ip": "IP address that is not public",
    "percent": "Percent signs",
    "platform_root": "Root of a platform",
    "production_http": "No http in production",
    "public_client": "Where no secret is kept",
    "public_ip": "Public IP address",
    "public_suffix": "A registry, not a site",
    "needs_pkce": "PKCE is needed",
    "reason_for_reviewer": "Your reason",
    "renewal": "What an exception covers",
    "say_why": "Why a scope is needed",
    "single_label": "Local name",
    "special_tld": "Endings that do not work",
    "svg": "SVG",
    "taken": "Name of another client",
    "throw_away": "Throw-away mailbox",
    "unknown_tld": "Unknown ending",
    "unread": "Nobody reads it",
    "userinfo": "Nothing before an @",
    "wrapped": "Nothing round the name",
}
"""What pages call a rule whose code alone says too little, by its code."""


@dataclass(frozen=True, slots=True)
class Example:
    """A value that breaks the rule, or one that passes it.

    ``given`` says in words what else has to be true. ``environment`` and ``beside`` say the same to the
    checks: the registration's environment, and what the value is compared with (the entries listed before it,
    the redirect URIs of the same client, or the names of other partners' clients). ``described`` values
    cannot be typed as text: a picture, a tick, a day.
    """

    value: str
    given: str = ""
    environment: str = ""
    beside: tuple[str, ...] = ()
    described: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as pages show it: its ``statement``, why it exists, its ``source``, and examples.

    Findings carry the ``id``; ``code`` is a readable name for it. ``overridable`` marks rejections that a
    reviewer can override with a recorded reason (G-06). Warnings need no override: they block nothing.
    """

    id: str
    code: str
    severity: Severity
    fields: tuple[str, ...]
    statement: str
    why: str
    source: str
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    overridable: bool = False

    @property
    def title(self) -> str:
        """What the rule is about, in a few words."""
        return TITLES.get(self.code) or self.code.replace("_", " ").capitalize()

    @property
    def rejects(self) -> bool:
        return self.severity is Severity.REJECT


def typed(*values: str) -> tuple[Example, ...]:
    """Examples that need nothing but their text."""
    return tuple(Example(value) for value in values)


def described(*values: str) -> tuple[Example, ...]:
    """Examples that can only be described in words, such as a picture."""
    return tuple(Example(value, described=True) for value in values)
