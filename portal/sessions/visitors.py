"""Where a session is used: a few words that its owner recognises, and the network."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.contrib.sessions import middleware
from django.http import HttpRequest

from portal.limits import client_network

# Most browsers name others too, so the first match counts.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


class Visitor(NamedTuple):
    """Who uses a session, as far as a request tells."""

    browser: str
    network: str


def visitor(request: HttpRequest) -> Visitor:
    """The visitor who sends the request. What browsers say of themselves proves nothing."""
    agent = request.headers.get("User-Agent", "")
    browser, system = (
        next((name for sign, name in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)
    )
    words = f"{browser} on {system}" if browser and system else browser or system
    return Visitor(words or "Unknown browser", client_network(request)[:50])


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's middleware, which also lets the session know who uses it."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.session.visitor = lambda: visitor(request)  # type: ignore[attr-defined]  # of our own engine
