"""What an end user sees before connecting a client, as the form and the desk preview it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from registrations.queries.answers import Picture


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
