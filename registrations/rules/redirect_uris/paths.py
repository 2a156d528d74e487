"""Warnings about path, query and port, and placeholders anywhere: of rules R-50 to R-68.

Each function takes an address that no rule rejects and returns one warning or ``None``. Redirect URIs and
pages ask the same functions.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote, unquote_plus

from registrations.rules.copied import entity_in
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris import placeholders
from registrations.rules.redirect_uris.findings import warn
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import DEFAULT_PORTS, ParsedUri
from registrations.rules.redirect_uris.spelling import split_query

_TARGET: Final = re.compile(
    r"(?:[a-z][a-z0-9+.\-]*:[/\\]{2}|https?:|[/\\]{2}|javascript:|data:)", re.IGNORECASE
)
_TARGET_IN_PATH: Final = re.compile(r"/((?:https?:/|[a-z][a-z0-9+.\-]*://).*)", re.IGNORECASE)
_TWICE_ENCODED: Final = re.compile(r"%25[0-9A-Fa-f]{2}")
_PUNCTUATION: Final = tuple(",;.:)'\"")
_ODD_SPELLING: Final = re.compile(
    r"%(?:[0-9A-F]?[a-f]|[a-f]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DE]|5F|7E)"
)
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})
_INVISIBLE_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION: Final = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def forwards(host: Host, uri: ParsedUri) -> Finding | None:
    """R-58: an address to forward to, as a value in the query or behind a slash of the path."""
    target = _target_in_query(uri.query) if uri.query else None
    if target is None and ":/" in (path := unquote(uri.path) if "%" in uri.path else uri.path):
        found = _TARGET_IN_PATH.search(path)
        target = found[1] if found else None
    if target is None:
        return None
    return warn("R-58", "Make sure this endpoint does not forward to arbitrary sites.", excerpt=target)


def _target_in_query(query: str) -> str | None:
    """The first part of the query whose value is an address, also one that is encoded twice."""
    for part in split_query(query):
        name, equals, value = part.partition("=")
        target = unquote_plus(unquote_plus(value if equals else name)).strip()
        if _TARGET.match(target):
            return part
    return None


def host_placeholder(host: Host, uri: ParsedUri) -> Finding | None:
    """R-60: a placeholder in the host name."""
    return _placeholder(placeholders.in_host(host.labels))


def path_placeholder(host: Host, uri: ParsedUri) -> Finding | None:
    """R-60: a placeholder in the path or the query."""
    found = placeholders.in_path(uri.path)
    if found is None and uri.query:
        found = placeholders.in_query(split_query(uri.query))
    return _placeholder(found)


def _placeholder(found: str | None) -> Finding | None:
    return warn("R-60", f"Replace the placeholder “{quote(found)}”.", excerpt=found) if found else None


def double_slash(host: Host, uri: ParsedUri) -> Finding | None:
    """R-61: a double slash: careless joining, or a path that reads as another host."""
    return warn("R-61", "Is the double slash meant?", excerpt="//") if "//" in uri.path else None


def odd_escape(host: Host, uri: ParsedUri) -> Finding | None:
    """R-65: what a copy leaves behind: punctuation or a blank at the end, HTML, invisible characters."""
    query = uri.query or ""
    text = f"{uri.path}?{query}" if uri.query else uri.path
    if uri.fragment:
        text = f"{text}#{uri.fragment}"
    if text.endswith(_PUNCTUATION):
        return warn("R-65", "Check the end of the address.", excerpt=text[-1])
    if "&" in text and (entity := entity_in(text)):
        message = f"“{quote(entity)}” is HTML. Write the character that it stands for."
        return warn("R-65", message, excerpt=entity)
    if "%" not in text:
        return None
    if text.endswith("%20") or _TWICE_ENCODED.search(query) or any(map(_is_invisible, unquote(text))):
        return warn("R-65", "Check the end of the address.")
    return None


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return False
    hidden = unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _INVISIBLE_LETTERS
    return hidden or _VARIATION.match(character) is not None


def escape_spelling(host: Host, uri: ParsedUri) -> Finding | None:
    """R-67: an escape that other software may spell differently."""
    query = uri.query or ""
    found = _ODD_SPELLING.search(f"{uri.path}?{query}")
    if not found and "'" not in query:
        return None
    excerpt = found.group() if found else "'"
    return warn("R-67", "Your client must send exactly this spelling.", excerpt=excerpt)


def default_port(host: Host, uri: ParsedUri) -> Finding | None:
    """R-68: the default port, written out."""
    if uri.port is None or DEFAULT_PORTS[uri.scheme] != uri.port:
        return None
    return warn(
        "R-68",
        "The port goes without saying; written out, your client must always send it.",
        excerpt=":" + uri.port,
    )


def no_path(host: Host, uri: ParsedUri) -> Finding | None:
    """R-50: no path after the host, where some libraries add a slash."""
    return None if uri.path else warn("R-50", "Use a path such as /callback.")
