"""Rules R-30 to R-34: one spelling, one meaning, one address per entry."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus, unquote_to_bytes

from registrations.rules.addresses import canonical_ipv6
from registrations.rules.data.web_words import RESERVED_PARAMETERS
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.shape import ParsedUri
from registrations.rules.redirect_uris.text import reject, write_it_as

_ENCODED_DOT: Final = re.compile(r"%2[Ee]")
_PARAMETERS: Final = re.compile(r";|%3[Bb]")
_PATH_ESCAPE: Final = re.compile(r"%(?:2[Ff]|5[Cc]|[01][0-9A-Fa-f]|7[Ff]|25[0-9A-Fa-f]{2})")
_QUERY_ESCAPE: Final = re.compile(r"%(?:[01][0-9A-Fa-f]|7[Ff]|[Cc]2%[89][0-9A-Fa-f])")
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SECOND_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[&;]")


def spelling(host: Host, uri: ParsedUri) -> Finding | None:
    """R-30: scheme and host in lower case, no empty query, IPv6 in its short form."""
    scheme, name, query = uri.scheme.lower(), _canonical(host), uri.query or None
    if (scheme, name, query) == (uri.scheme, uri.host, uri.query):
        return None
    text = uri._replace(scheme=scheme, host=name, query=query).text()
    return reject("R-30", write_it_as(text), suggestion=text)


def _canonical(host: Host) -> str:
    if host.address is not None and host.address.version == 6:
        return f"[{canonical_ipv6(host.address)}]"
    return host.lower


def dot_segment(host: Host, uri: ParsedUri) -> Finding | None:
    """R-31: a segment that some software reads as ``.`` or ``..``."""
    if "." not in uri.path and "%2" not in uri.path:
        return None
    segments = [_as_dots(segment) for segment in uri.path.split("/")]
    if not any(dots for dots, _ in segments):
        return None
    path = _resolved(uri.path.split("/"))
    message = f"Write the final path {quote(path, 200)} without . or .. in it."
    certain = not any(dots and parameters for dots, parameters in segments)
    return reject(
        "R-31", message, excerpt=uri.path, suggestion=uri._replace(path=path).text() if certain else None
    )


def _as_dots(segment: str) -> tuple[str, bool]:
    """The dots that a segment stands for, or empty text, and whether parameters follow them."""
    bare = _PARAMETERS.split(segment, maxsplit=1)[0]
    plain = _ENCODED_DOT.sub(".", bare)
    return (plain if plain in (".", "..") else "", bare != segment)


def _resolved(segments: list[str]) -> str:
    """The path with its dot segments resolved (RFC 3986 section 5.2.4)."""
    kept: list[str] = []
    for segment in segments[1:]:
        dots, _ = _as_dots(segment)
        if dots == ".." and kept:
            kept.pop()
        if not dots:
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and _as_dots(segments[-1])[0] else "")


def encoded_delimiter(host: Host, uri: ParsedUri) -> Finding | None:
    """R-32: escapes that servers read differently, or that are not valid UTF-8."""
    query = uri.query or ""
    if "%" not in uri.path and "%" not in query:
        return None
    found = _PATH_ESCAPE.search(uri.path) or _QUERY_ESCAPE.search(query)
    escape = found.group() if found else _undecodable(uri.path) or _undecodable(query)
    if escape is None:
        return None
    message = f"“{quote(escape)}” is read differently by different servers. Use a plain path."
    return reject("R-32", message, excerpt=escape)


def _undecodable(text: str) -> str | None:
    return next((run for run in _ESCAPES.findall(text) if not _is_utf8(run)), None)


def _is_utf8(run: str) -> bool:
    try:
        unquote_to_bytes(run).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def glued(host: Host, uri: ParsedUri) -> Finding | None:
    """R-34: a second address pasted right after the first; after a slash it is a path (R-61)."""
    if "://" not in uri.path:
        return None
    for found in _SECOND_ADDRESS.finditer(uri.path):
        if uri.path[found.start() - 1] != "/":
            second = uri.path[found.start() :]
            return reject("R-34", "Put each address on its own line.", excerpt=second)
    return None


def split_query(query: str) -> list[str]:
    """The parts of a query; some servers still separate them with ``;`` as well as ``&``."""
    return _SEPARATORS.split(query) if query else []


def _is_reserved(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]).strip().lower() in RESERVED_PARAMETERS


def reserved_parameter(host: Host, uri: ParsedUri) -> Finding | None:
    """R-33: a parameter that the authorization server adds itself (RFC 6749 section 3.1)."""
    for part in split_query(uri.query or ""):
        if _is_reserved(part):
            name = quote(unquote_plus(part.partition("=")[0]).strip())
            message = f"“{name}” is added by Pleo when the user returns. Remove it from the address."
            return reject("R-33", message, excerpt=part, suggestion=_without_reserved(uri))
    return None


def _without_reserved(uri: ParsedUri) -> str | None:
    """The address without reserved parameters; ``None`` if a ``;`` makes it unclear where they end."""
    query = uri.query or ""
    if ";" in query:
        return None
    kept = "&".join(part for part in split_query(query) if not _is_reserved(part))
    return uri._replace(query=kept or None).text()
