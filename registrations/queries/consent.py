"""What an end user sees before connecting a client, as the form and the desk preview it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from registrations.queries.answers import Picture
from registrations.rules import scopes
from registrations.rules.metadata import Metadata
from registrations.rules.redirect_uris import hosts


class AllowedScope(NamedTuple):
    """A scope in plain words, and whether it allows changes."""

    words: str
    writes: bool


class Consent(NamedTuple):
    """The consent screen of a client.

    ``reading`` is an international host in its own script, else empty. A draft may leave everything empty.
    """

    name: str
    host: str
    reading: str
    picture: Picture | None
    scopes: Iterable[AllowedScope]
    tos_uri: str
    policy_uri: str

    @classmethod
    def of_draft(cls, record: Metadata, picture: Picture | None, *, words: Mapping[str, str]) -> Consent:
        """The screen of a draft, right or wrong; ``words`` are those of the scopes on offer."""
        asked = set(record.scope)
        allowed = [AllowedScope(words[name], scopes.writes(name)) for name in words if name in asked]
        host = _host_in(record.client_uri)
        reading = hosts.unicode_name(hosts.read(host)) if hosts.ACE_PREFIX in host else ""
        return cls(record.client_name, host, reading, picture, allowed, record.tos_uri, record.policy_uri)


def _host_in(uri: str) -> str:
    """The host of an address that the rules may reject; empty where there is none."""
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""
