"""Rules R-30 to R-34: one spelling, one meaning, one address per entry.

Each takes the host and the whole address, and returns a rejection or ``None``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final
from urllib.parse import unquote, unquote_plus

from registrations.rules.data.web_words import RESERVED_PARAMETERS
from registrations.rules.findings import LINE_END, Finding, quote
from registrations.rules.redirect_uris.findings import reject, replace_it, write_it_as
from registrations.rules.redirect_uris.hosts import Host
from registrations.rules.redirect_uris.placeholders import is_name
from registrations.rules.redirect_uris.shape import ParsedUri

_ENCODED_DOT: Final = re.compile(r"%2[Ee]")
_PARAMETERS: Final = re.compile(r";|%3[Bb]")
_PATH_ESCAPE: Final = re.compile(r"%(?:2[Ff]|5[Cc]|[01][0-9A-Fa-f]|7[Ff]|25[0-9A-Fa-f]{2})")
_QUERY_ESCAPE: Final = re.compile(r"%(?:[01][0-9A-Fa-f]|7[Ff]|[Cc]2%[89][0-9A-Fa-f])")
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SECOND_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[&;]")


def spelling(host: Host, uri: ParsedUri) -> Finding | None:
    """R-30: scheme and host in lower case, no empty query, IPv6 in its short form."""
    scheme, name, query = uri.scheme.lower(), host.lower, uri.query or None
    if host.address is not None and host.address.version == 6:
        name = f"[{host.address.text()}]"
    if (scheme, name, query) == (uri.scheme, uri.host, uri.query):
        return None
    if placeholder := next(filter(is_name, uri.host.split(".")), None):
        return reject("R-30", replace_it(placeholder), excerpt=placeholder)
    text = uri._replace(scheme=scheme, host=name, query=query).text()
    return reject("R-30", write_it_as(text), suggestion=text)


def dot_segment(host: Host, uri: ParsedUri) -> Finding | None:
    """R-31: a segment that some software reads as ``.`` or ``..``.

    The suggestion resolves it (RFC 3986 section 5.2.4), unless parameters follow the dots (``..;x``).
    """
    if "." not in uri.path and "%2" not in uri.path:
        return None
    segments = uri.path.split("/")[1:]
    bare = [_PARAMETERS.split(segment, maxsplit=1)[0] for segment in segments]
    plain = [_ENCODED_DOT.sub(".", text) for text in bare]
    dots = [text in (".", "..") for text in plain]
    if not any(dots):
        return None
    kept: list[str] = []
    certain = True
    for index, segment in enumerate(segments):
        if not dots[index]:
            kept.append(segment)
            continue
        certain = certain and bare[index] == segment
        if plain[index] == ".." and kept:
            kept.pop()
    path = "/" + "/".join(kept) + ("/" if kept and dots[-1] else "")
    message = f"Write the final path {quote(path, 200)} without . or .. in it."
    better = uri._replace(path=path).text() if certain else None
    return reject("R-31", message, excerpt=uri.path, suggestion=better)


def encoded_delimiter(host: Host, uri: ParsedUri) -> Finding | None:
    """R-32: escapes that servers read differently, or that are not valid UTF-8."""
    query = uri.query or ""
    if "%" not in uri.path and "%" not in query:
        return None
    found = _PATH_ESCAPE.search(uri.path) or _QUERY_ESCAPE.search(query)
    escape = found.group() if found else _undecodable(f"{uri.path}?{query}")
    if escape is None:
        return None
    message = f"“{quote(escape)}” is read differently by different servers. Use a plain path."
    return reject("R-32", message, excerpt=escape)


def _undecodable(text: str) -> str | None:
    """The first run of escapes that is not UTF-8."""
    runs: list[str] = _ESCAPES.findall(text)
    for run in runs:
        try:
            unquote(run, errors="strict")
        except UnicodeDecodeError:
            return run
    return None


def one_per_entry(host: Host, uri: ParsedUri) -> Finding | None:
    """R-34: a second address pasted right after the first; after a slash it is a path (R-61)."""
    if "://" not in uri.path:
        return None
    *head, path, rest = uri.pieces()
    seconds = [at.start() for at in _SECOND_ADDRESS.finditer(path) if path[at.start() - 1] != "/"]
    if not seconds:
        return None
    cuts = [0, *seconds, len(path)]
    parts = [path[start:end] for start, end in pairwise(cuts)]
    better = "".join(head) + LINE_END.join(parts) + rest
    return reject("R-34", "Put each address on its own line.", excerpt=path[seconds[0] :], suggestion=better)


def split_query(query: str) -> list[str]:
    """The parts of a query; some servers still separate them with ``;`` as well as ``&``."""
    return _SEPARATORS.split(query) if query else []


def reserved_parameter(host: Host, uri: ParsedUri) -> Finding | None:
    """R-33: a parameter that the authorization server adds itself (RFC 6749 section 3.1).

    With a ``;`` in the query it is unclear where a parameter ends, so nothing is suggested.
    """
    if not uri.query:
        return None
    parts = split_query(uri.query)
    names = [unquote_plus(part.partition("=")[0]).strip() for part in parts]
    reserved = [index for index, name in enumerate(names) if name.lower() in RESERVED_PARAMETERS]
    if not reserved:
        return None
    kept = "&".join(part for index, part in enumerate(parts) if index not in reserved)
    better = None if ";" in uri.query else uri._replace(query=kept or None).text()
    message = (
        f"“{quote(names[reserved[0]])}” is added by Pleo when the user returns. Remove it from the address."
    )
    return reject("R-33", message, excerpt=parts[reserved[0]], suggestion=better)
