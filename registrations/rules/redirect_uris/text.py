"""Rules R-01 to R-11: the raw string, before it is parsed.

Parsers repair, drop or reinterpret what these rules reject, so the rules look at the characters as typed
(rule G-02).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import idna

from registrations.rules.client_names.scripts import passes_for_ascii
from registrations.rules.findings import Finding, Severity, quote
from registrations.rules.vocabulary import MAX_URI_LENGTH

FIELD: Final = "redirect_uris"
"""The field that findings about addresses are for, until their caller names another one."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()+,;=]+")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_SPACE: Final = re.compile(r"\s")
_ADDRESSES: Final = re.compile(r"(?:\A|[\s\x00-\x1f,;])https?://", re.IGNORECASE)
_ENDS: Final = re.compile("\\A[\\s\x00-\x20\x7f-\x9f]+|[\\s\x00-\x20\x7f-\x9f]+\\Z")
_WILDCARD: Final = re.compile(r"\*|%2[Aa]")
_TEMPLATE: Final = re.compile(r"[{}<>]|%7[BbDd]|%3[CcEe]")
_FOREIGN: Final = re.compile('["^`|]')
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MOST_NAMED: Final = 5
"""How many non-ASCII characters a message names."""
QUESTION: Final = " Did you mean "
WRITE_IT: Final = "Write it as "
_ONE_A_LINE: Final = "These are several addresses: put each one on a line of its own."
_BRACKETED: Final = re.compile(r"<([^<>{}]*://[^<>{}]*)>")
_QUOTED: Final = re.compile(r'"([^"]+)"[,;]?')
_CLOSING: Final = {"{": "}", "<": ">"}


def reject(rule: str, message: str, *, excerpt: str | None = None, suggestion: str | None = None) -> Finding:
    """A rejection of a redirect URI; callers may place it in another field."""
    return Finding(rule, Severity.REJECT, FIELD, message, suggestion=suggestion, excerpt=excerpt)


def did_you_mean(better: str | None) -> str:
    """The question whether ``better`` was meant, or empty text if no better address is known."""
    return f"{QUESTION}{quote(better, 200)}?" if better else ""


def write_it_as(better: str) -> str:
    """The advice to write exactly ``better``."""
    return f"{WRITE_IT}{quote(better, MAX_URI_LENGTH)}."


def flaw(uri: str, *, page: bool = False) -> Finding | None:
    """The first of R-01 to R-11 that ``uri`` breaks; a ``page`` may carry a fragment (U-02)."""
    if len(uri) <= MAX_URI_LENGTH and _PLAIN.fullmatch(uri):
        return None
    if not uri:
        return reject("R-01", "Enter a redirect URI, for example https://client.example/callback.")
    return _unprintable(uri) or _pattern(uri) or _odd_character(uri) or _fragment(uri, page)


def _unprintable(uri: str) -> Finding | None:
    if found := _CONTROL.search(uri):
        return _control(uri, found)
    if found := _SPACE.search(uri):
        return _space(uri, found)
    if not uri.isascii():
        return _non_ascii(uri)
    if len(uri) > MAX_URI_LENGTH:
        message = f"This address has {len(uri)} characters; the limit is {MAX_URI_LENGTH}."
        return reject("R-05", message)
    return None


def _control(uri: str, found: re.Match[str]) -> Finding:
    message = (
        f"There is an invisible control character (tab or line break) at position {found.start() + 1}. "
        + (_ONE_A_LINE if _is_list(uri) else "Delete it and type the address again.")
    )
    return reject("R-02", message, excerpt=found.group(), suggestion=_trimmed(uri))


def _space(uri: str, found: re.Match[str]) -> Finding:
    message = f"There is a space at position {found.start() + 1}. " + (
        _ONE_A_LINE if _is_list(uri) else "Remove it, or write %20 if your path really contains one."
    )
    return reject("R-03", message, excerpt=found.group(), suggestion=_trimmed(uri))


def _is_list(uri: str) -> bool:
    """Whether the text is several addresses with a blank, a tab or a line break between them."""
    return len(_ADDRESSES.findall(uri.strip())) > 1


def _trimmed(uri: str) -> str | None:
    """The address without blanks and controls at its ends; inside it, nothing can be dropped without
    guessing."""
    return _ENDS.sub("", uri) if len(uri) <= MAX_URI_LENGTH else None


def _non_ascii(uri: str) -> Finding:
    found = "".join(dict.fromkeys(character for character in uri[:MAX_URI_LENGTH] if not character.isascii()))
    better = _in_ascii(uri) if len(uri) <= MAX_URI_LENGTH else None
    advice = write_it_as(better) if better else _retype(found)
    message = f"Only plain ASCII is accepted, not {_named(found)}. {advice}"
    return reject("R-04", message, excerpt=found, suggestion=better)


def _retype(found: str) -> str:
    if not found.isprintable():
        return "Type the address again instead of pasting it: it holds what cannot be seen."
    return "Type letters that only look like a–z again; write the host with its xn-- name, the path with %XX."


def _named(characters: str) -> str:
    """The characters, each with its code point, which distinguishes look-alikes from real letters."""
    shown = [_with_code_point(character) for character in characters[:_MOST_NAMED]]
    return ", ".join(shown) + (" …" if len(characters) > _MOST_NAMED else "")


def _with_code_point(character: str) -> str:
    point = f"U+{ord(character):04X}"
    return f"“{point}”" if quote(character) == point else f"“{character}” ({point})"


def _in_ascii(uri: str) -> str | None:
    """The address in ASCII, or ``None`` where that is uncertain.

    It is uncertain with invisible characters, and with a host that IDNA rejects or that looks like another
    one in ASCII.
    """
    head, mark, rest = uri.partition("://")
    if not mark or not head.isascii() or not uri.isprintable():
        return None
    end = next((place for place, character in enumerate(rest) if character in "/?#\\"), len(rest))
    host, colon, port = rest[:end].partition(":")
    ascii_host = host if host.isascii() else _punycode(host)
    if ascii_host is None or passes_for_ascii(host) or not port.isascii():
        return None
    return head + mark + ascii_host + colon + port + _escaped(rest[end:])


def _punycode(host: str) -> str | None:
    try:
        return idna.encode(unicodedata.normalize("NFC", host), uts46=True).decode("ascii")
    except UnicodeError:
        return None


def _escaped(text: str) -> str:
    return "".join(c if c.isascii() else percent(c) for c in text)


def percent(character: str) -> str:
    """``character`` as UTF-8 in percent escapes (RFC 3986 section 2.1)."""
    return "".join(f"%{octet:02X}" for octet in character.encode("utf-8", "replace"))


def _pattern(uri: str) -> Finding | None:
    if found := _WILDCARD.search(uri):
        message = (
            "Wildcards are not supported. Register each address in full, or use one address and the "
            "state parameter to remember where the user should end up."
        )
        return reject("R-06", message, excerpt=found.group())
    if bare := _BRACKETED.fullmatch(uri):
        message = "Remove the brackets < and > round the address."
        return reject("R-07", message, excerpt="<", suggestion=bare[1])
    if found := _TEMPLATE.search(uri):
        part = _placeholder(uri, found)
        message = f"“{quote(part)}” looks like a placeholder. Replace it with the real value."
        return reject("R-07", message, excerpt=part)
    return None


def _placeholder(uri: str, found: re.Match[str]) -> str:
    """The placeholder, from the opening sign to the closing one, or the sign alone."""
    end = uri.find(_CLOSING.get(found.group(), ""), found.end())
    if found.group() not in _CLOSING or end < 0:
        return found.group()
    return uri[found.start() : end + 1]


def _odd_character(uri: str) -> Finding | None:
    if "\\" in uri:
        return reject("R-08", "Use /, not \\.", excerpt="\\", suggestion=_with_slashes(uri))
    if found := _FOREIGN.search(uri):
        return _foreign(uri, found.group())
    if found := _BROKEN_ESCAPE.search(uri):
        message = (
            f"“%” at position {found.start() + 1} must be followed by two digits or letters A–F. "
            "Write a percent sign as %25."
        )
        better = _BROKEN_ESCAPE.sub("%25", uri)
        return reject("R-10", message, excerpt=uri[found.start() : found.start() + 3], suggestion=better)
    return None


def _with_slashes(uri: str) -> str | None:
    """The address with slashes for backslashes, or ``None`` where that would be a guess.

    With an ``@`` after a backslash, browsers and RFC 3986 disagree about the host.
    """
    better = uri.replace("\\", "/")
    return better if "@" not in uri and better.count("//") == 1 else None


def _foreign(uri: str, character: str) -> Finding:
    if bare := _QUOTED.fullmatch(uri):
        message = "Remove the quotation marks round the address."
        return reject("R-09", message, excerpt=character, suggestion=bare[1])
    better = _FOREIGN.sub(lambda found: percent(found.group()), uri)
    message = f"The character “{character}” is not allowed in an address. Write it as {percent(character)}."
    return reject("R-09", message, excerpt=character, suggestion=better)


def _fragment(uri: str, page: bool) -> Finding | None:
    head, mark, fragment = uri.partition("#")
    if not mark or (page and fragment and "#" not in fragment):
        return None
    if page and fragment:
        return reject("R-09", "The character “#” may appear once. Write a second one as %23.", excerpt="#")
    message = "A redirect URI may not contain #. Apps that route with #/… need a real path such as /callback."
    if page:
        message = "There is nothing behind the # at the end. Remove it."
    return reject("R-11", message, excerpt="#" + fragment, suggestion=None if fragment else head)
