"""Placeholders: what manuals and build scripts expect somebody to replace (rules R-07 and R-60)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, unquote_plus

from registrations.rules.data.web_words import PLACEHOLDER_LABELS, PLACEHOLDER_NAMES

_MARKS: Final = re.compile(r"[{}<>]|%7[BbDd]|%3[CcEe]")
_CLOSING: Final = {"{": "}", "<": ">", "%7B": "%7D", "%3C": "%3E"}
_BROKEN_ESCAPE: Final = re.compile(
    r"%(?![0-9A-Fa-f]{2})[A-Za-z_][A-Za-z0-9_]*%"  # %TENANT%
    r"|%[A-Fa-f][0-9A-Fa-f][A-Za-z0-9_]*%(?![0-9A-Fa-f]{2})"  # %DEALER%, which begins like an escape
    r"|%\([A-Za-z_][A-Za-z0-9_]*\)[ds]"
    r"|%(?:[1-9]\$)?[ds@](?![0-9A-Za-z])"
)
_AUTHORITY: Final = re.compile(r"://([^/?#]*)")
_NOUN: Final = "|".join(sorted(PLACEHOLDER_NAMES))
_IN_HOST: Final = re.compile(
    rf"__[A-Za-z][A-Za-z0-9_]*__|@@[A-Za-z][A-Za-z0-9_]*@@|\[(?:your|my|{_NOUN})(?:[ _\-][^\[\].:]*)?\]",
    re.IGNORECASE,
)
_BRACKETED: Final = re.compile(r"(?<=[/=])\[+\.*[A-Za-z][\w \-]*\]+(?=[/?#&;]|\Z)", re.ASCII)
_SEGMENT: Final = re.compile(
    r":[A-Za-z][\w\-]*|\$\w+|_*[Yy][Oo][Uu][Rr][_\-].*|__[A-Z][A-Z0-9_]*__|@{1,2}[A-Z][A-Z0-9_]*@{1,2}",
    re.ASCII,
)
_MARKED_OR_CAPITAL: Final = re.compile(r"[:$@_A-Z]|your-")
"""Found wherever :data:`_SEGMENT` or :data:`_CAPITALS` match: ordinary paths are done with one search."""
_CAPITALS: Final = re.compile(r"[A-Z][A-Z0-9]*(?:[_\-][A-Z0-9]+)+")


def marked(uri: str) -> str | None:
    """The first placeholder that is marked as one, as it stands there: in braces, ``%NAME%``, as a host …"""
    found = _MARKS.search(uri)
    if found is None:
        authority = _AUTHORITY.search(uri) if "__" in uri or "@@" in uri or "[" in uri else None
        named = _BROKEN_ESCAPE.search(uri) or (authority and _IN_HOST.search(authority[1]))
        return named.group() if named else None
    mark = found.group().upper()
    start, end = found.span()
    if mark in _CLOSING:
        closing = uri.upper().find(_CLOSING[mark], end)
        end = end if closing < 0 else closing + len(mark)
        while mark == "{" and uri[end : end + 1] == "}":
            end += 1
        start -= mark == "{" and uri[start - 1 : start] in ("$", "#")
    return uri[start:end]


def bracketed(uri: str) -> str | None:
    """The first segment or value in square brackets, such as ``[tenant]``."""
    found = _BRACKETED.search(uri)
    return found.group() if found else None


def in_host(labels: Iterable[str]) -> str | None:
    """The first label of a host in lower case that only stands for one, such as ``your-domain``."""
    return next((one for one in labels if one in PLACEHOLDER_LABELS or one.startswith("your-")), None)


def in_path(path: str) -> str | None:
    """The first segment of a path that only stands for one, such as ``:tenant`` and ``TENANT_ID``."""
    plain = unquote(path) if "%" in path else path
    if not _MARKED_OR_CAPITAL.search(plain) and PLACEHOLDER_LABELS.isdisjoint(plain.split("/")):
        return None
    return _first(plain.split("/"))


def in_query(parts: Iterable[str]) -> str | None:
    """The first value of a query that only stands for one."""
    return _first(unquote_plus(part.partition("=")[2]) for part in parts)


def _first(texts: Iterable[str]) -> str | None:
    return next((text for text in texts if text and _stands_for_another(text)), None)


def _stands_for_another(text: str) -> bool:
    if text.lower() in PLACEHOLDER_LABELS or _SEGMENT.fullmatch(text):
        return True
    return _CAPITALS.fullmatch(text) is not None and any(map(is_name, re.split("[_-]", text)))


def is_name(word: str) -> bool:
    """Whether manuals write the word in capitals for what their readers fill in, such as ``TENANT``."""
    return word.isupper() and word.lower() in PLACEHOLDER_NAMES
