"""Finds addresses that a list has already (R-35), or almost has (R-51)."""

from __future__ import annotations

from collections.abc import Iterable

from registrations.rules.data.local_names import LOOPBACK_HOSTS
from registrations.rules.redirect_uris.shape import DEFAULT_PORTS, split
from registrations.rules.redirect_uris.spelling import split_query


class Listed:
    """The addresses listed so far, looked up in constant time however many there are."""

    def __init__(self, uris: Iterable[str] = ()) -> None:
        self._exact: set[str] = set()
        self._loose: dict[str, str] = {}
        for uri in uris:
            self.add(uri)

    def add(self, uri: str) -> None:
        """Add one address."""
        self._exact.add(uri)
        self._loose.setdefault(_loosely(uri), uri)

    def holds(self, uri: str) -> bool:
        """Whether exactly this string is listed."""
        return uri in self._exact

    def near(self, uri: str) -> str | None:
        """The listed address that differs only by a slash, case, port or the order of its parameters.

        On the partner's own machine another port is another program, so there it makes another address.
        """
        return self._loose.get(_loosely(uri)) if self._loose else None


def _loosely(uri: str) -> str:
    parts = split(uri)
    query = "&".join(sorted(split_query((parts.query or "").casefold())))
    path = parts.path.rstrip("/")
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, "") if parts.host in LOOPBACK_HOSTS else ""
    return f"{parts.scheme}://{parts.host}:{port}{path}?{query}".casefold()
