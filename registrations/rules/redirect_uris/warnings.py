"""Rules R-50 to R-68: warnings for partner and reviewer, about redirect URIs and pages alike.

Each function takes an address that no rule rejects and returns one warning or ``None``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote, unquote_plus

from registrations.rules import public_suffixes
from registrations.rules.client_names import brand, brand_verdict
from registrations.rules.data.known_hosts import INSPECTORS, PUBLIC_CLIENTS, SHORTENERS, TUNNELS
from registrations.rules.data.web_words import PLACEHOLDER_LABELS
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris.findings import warn
from registrations.rules.redirect_uris.hosts import ACE_PREFIX, Host, unicode_label, unicode_name
from registrations.rules.redirect_uris.shape import DEFAULT_PORTS, ParsedUri
from registrations.rules.redirect_uris.spelling import split_query

_TARGET: Final = re.compile(
    r"(?:[a-z][a-z0-9+.\-]*:[/\\]{2}|https?:|[/\\]{2}|javascript:|data:)", re.IGNORECASE
)
_PLACEHOLDER: Final = re.compile(r":[a-z]\w*|\$\w+|_*your[_\-].*", re.IGNORECASE | re.ASCII)
_VALUE_PLACEHOLDER: Final = re.compile(r"\$\w+|_*your[_\-].*", re.IGNORECASE | re.ASCII)
_TWICE_ENCODED: Final = re.compile(r"%25[0-9A-Fa-f]{2}")
_ODD_SPELLING: Final = re.compile(
    r"%(?:[0-9A-F]?[a-f]|[a-f]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2[DE]|5F|7E)"
)
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})
_INVISIBLE_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION: Final = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def idn(host: Host, uri: ParsedUri) -> Finding | None:
    """R-52: an international name, shown as people will read it."""
    if ACE_PREFIX not in host.lower:
        return None
    reading = unicode_name(host)
    if reading == host.lower:
        return None
    return warn(
        "R-52", f"Reads as “{quote(reading, 253)}”. Check that this is the name you mean.", excerpt=reading
    )


def public_ip(host: Host, uri: ParsedUri) -> Finding | None:
    """R-53: an IP address, which does not show who owns it."""
    if host.address is None or host.is_loopback:
        return None
    return warn("R-53", "Use a host name if you can.", excerpt=host.text)


def unknown_tld(host: Host, uri: ParsedUri) -> Finding | None:
    """R-54: a top-level domain that the bundled list lacks: a typing error, or newer than the list."""
    if host.address is not None or host.is_loopback or public_suffixes.is_known_tld(host.tld):
        return None
    return warn("R-54", f"Check the ending “.{quote(host.tld)}”.", excerpt="." + host.tld)


def platform_root(host: Host, uri: ParsedUri) -> Finding | None:
    """R-55: the root of a hosting platform."""
    if len(host.suffixes) < 2 or not public_suffixes.is_platform(host.lower):
        return None
    return warn("R-55", "Did you leave out your app's name?", excerpt=host.text)


def tunnel(host: Host, uri: ParsedUri) -> Finding | None:
    """R-56: a tunnel, which may pass to somebody else, or a request catcher, which shows codes to others."""
    return warn("R-56", "For development only.", excerpt=host.text) if host.is_below(TUNNELS) else None


def inspector(host: Host, uri: ParsedUri) -> Finding | None:
    """R-57: a page that displays the code."""
    return warn("R-57", "For development only.", excerpt=host.text) if host.is_below(INSPECTORS) else None


def public_client(host: Host, uri: ParsedUri) -> Finding | None:
    """R-62: a host where nothing can keep a secret."""
    if not host.is_below(PUBLIC_CLIENTS):
        return None
    message = "What runs at this host keeps no secret: where does the client secret live?"
    return warn("R-62", message, excerpt=host.text)


def shortener(host: Host, uri: ParsedUri) -> Finding | None:
    """R-66: a short link, whose target can be changed."""
    if not host.is_below(SHORTENERS):
        return None
    return warn("R-66", "Register the final address.", excerpt=host.text)


def forwards(host: Host, uri: ParsedUri) -> Finding | None:
    """R-58: a query value that is an address to forward to."""
    for part in split_query(uri.query or ""):
        name, equals, value = part.partition("=")
        target = unquote_plus(value if equals else name).strip()
        if _TARGET.match(target):
            message = "Make sure this endpoint does not forward to arbitrary sites."
            return warn("R-58", message, excerpt=part)
    return None


def brand_in_host(host: Host, uri: ParsedUri) -> Finding | None:
    """R-59: a label that reads as Pleo: often legitimate, always reviewed."""
    if ACE_PREFIX not in host.lower and not brand.is_worth_reading(host.lower):
        return None
    for label in host.labels:
        if brand_verdict(unicode_label(label) or label) is not None:
            return warn(
                "R-59",
                "Pleo’s name is in this host name: Pleo checks that the domain is your own.",
                excerpt=label,
            )
    return None


def host_placeholder(host: Host, uri: ParsedUri) -> Finding | None:
    """R-60: a placeholder in the host name."""
    return _first_placeholder(host.labels, _VALUE_PLACEHOLDER)


def path_placeholder(host: Host, uri: ParsedUri) -> Finding | None:
    """R-60: a placeholder in the path or the query."""
    path = unquote(uri.path) if "%" in uri.path else uri.path
    found = _first_placeholder(path.split("/"), _PLACEHOLDER)
    if found or not uri.query:
        return found
    values = [unquote_plus(part.partition("=")[2]) for part in split_query(uri.query)]
    return _first_placeholder(values, _VALUE_PLACEHOLDER)


def _first_placeholder(texts: list[str], pattern: re.Pattern[str]) -> Finding | None:
    for text in texts:
        if text and (text.lower() in PLACEHOLDER_LABELS or pattern.fullmatch(text)):
            return warn("R-60", f"Replace the placeholder “{quote(text)}”.", excerpt=text)
    return None


def double_slash(host: Host, uri: ParsedUri) -> Finding | None:
    """R-61: a double slash: careless joining, or a path that reads as another host."""
    return warn("R-61", "Is the double slash meant?", excerpt="//") if "//" in uri.path else None


def odd_escape(host: Host, uri: ParsedUri) -> Finding | None:
    """R-65: a trailing blank, a doubly encoded value, or an invisible character."""
    query = uri.query or ""
    if "%" not in uri.path and "%" not in query:
        return None
    is_odd = (query or uri.path).endswith("%20") or _TWICE_ENCODED.search(query)
    if is_odd or any(map(_is_invisible, unquote(f"{uri.path}?{query}"))):
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
