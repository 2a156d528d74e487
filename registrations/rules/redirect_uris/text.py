"""Rules R-01 to R-11: the raw string, before it is parsed.

Parsers repair, drop or reinterpret what these rules reject, so the rules look at the characters as typed
(rule G-02). Each takes the text and returns a rejection or ``None``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

import idna

from registrations.rules.client_names.scripts import passes_for_ascii
from registrations.rules.copied import Source
from registrations.rules.data.blank_signs import TAKES_NO_ROOM
from registrations.rules.findings import Finding, quote
from registrations.rules.redirect_uris import placeholders
from registrations.rules.redirect_uris.findings import reject, replace_it, write_it_as
from registrations.rules.vocabulary import MAX_URI_LENGTH

_PLAIN: Final = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()+,;=]+")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_SPACE: Final = re.compile(r"\s")
_ADDRESSES: Final = re.compile(r"(?:\A|[\s\x00-\x1f,;])https?://", re.IGNORECASE)
_ENDS: Final = re.compile("\\A[\\s\x00-\x20\x7f-\x9f]+|[\\s\x00-\x20\x7f-\x9f]+\\Z")
_AUTHORITY_END: Final = re.compile(r"[/?#\\]")
_WILDCARD: Final = re.compile(r"\*|%2[Aa]")
_CUT_OFF: Final = "\u2026"
_FOREIGN: Final = re.compile('["^`|]')
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPING: Final = re.compile(r"\\(?:[^A-Za-z0-9\\]|[ux][0-9A-Fa-f]{2})|[?#].*\\")
_NAME: Final = re.compile(r"%[A-Z_]{3}")
_MOST_NAMED: Final = 5
"""How many non-ASCII characters a message names."""
_ONE_A_LINE: Final = Source.LIST.value


def empty(uri: str) -> Finding | None:
    """R-01: nothing entered."""
    if uri:
        return None
    return reject("R-01", "Enter a redirect URI, for example https://client.example/callback.")


def control(uri: str) -> Finding | None:
    """R-02: a control character."""
    found = _CONTROL.search(uri)
    if found is None:
        return None
    place = f"There is an invisible control character (tab or line break) at position {found.start() + 1}. "
    advice = _ONE_A_LINE if _is_list(uri) else "Delete it and type the address again."
    return reject("R-02", place + advice, excerpt=found.group(), suggestion=_trimmed(uri))


def space(uri: str) -> Finding | None:
    """R-03: a space, also one of Unicode's."""
    found = _SPACE.search(uri)
    if found is None:
        return None
    placeholder = placeholders.marked(uri) if len(uri) <= MAX_URI_LENGTH else None
    if placeholder and "/" not in placeholder:
        return reject("R-03", replace_it(placeholder), excerpt=placeholder)
    place = f"There is a space at position {found.start() + 1}. "
    advice = _ONE_A_LINE if _is_list(uri) else "Remove it, or write %20 if your path really contains one."
    return reject("R-03", place + advice, excerpt=found.group(), suggestion=_trimmed(uri))


def _is_list(uri: str) -> bool:
    """Whether the text is several addresses with a blank, a tab or a line break between them."""
    return len(_ADDRESSES.findall(uri.strip())) > 1


def _trimmed(uri: str) -> str | None:
    """The address without blanks and controls at its ends; to drop one inside it would be a guess."""
    return _ENDS.sub("", uri) if len(uri) <= MAX_URI_LENGTH else None


def non_ascii(uri: str) -> Finding | None:
    """R-04: a character beyond ASCII, named by its code point, which tells look-alikes from real letters."""
    if uri.isascii():
        return None
    found = "".join(dict.fromkeys(character for character in uri[:MAX_URI_LENGTH] if not character.isascii()))
    named = []
    for character in found[:_MOST_NAMED]:
        point = f"U+{ord(character):04X}"
        named.append(f"“{point}”" if quote(character) == point else f"“{character}” ({point})")
    more = " …" if len(found) > _MOST_NAMED else ""

    better = _in_ascii(uri) if len(uri) <= MAX_URI_LENGTH else None
    if better:
        advice = write_it_as(better)
    elif found.isprintable():
        advice = (
            "Type letters that only look like a–z again; "
            "write the host with its xn-- name, the path with %XX."
        )
    else:
        advice = "Type the address again instead of pasting it: it holds what cannot be seen."
    message = f"Only plain ASCII is accepted, not {', '.join(named)}{more}. {advice}"
    return reject("R-04", message, excerpt=found, suggestion=better)


def _in_ascii(uri: str) -> str | None:
    """The address in ASCII, or ``None`` where that is uncertain.

    If all of it but what takes no room is ASCII, nobody typed that. It is uncertain with other invisible
    characters and with an ellipsis, and with a host that IDNA rejects or that looks like another in ASCII.
    """
    seen = "".join(character for character in uri if character not in TAKES_NO_ROOM)
    uri = seen if seen.isascii() else uri
    scheme, mark, rest = uri.partition("://")
    if not mark or not scheme.isascii() or not uri.isprintable() or _CUT_OFF in uri:
        return None
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    host, colon, port = authority.partition(":")
    if not port.isascii() or passes_for_ascii(host):
        return None
    if not host.isascii():
        try:
            host = idna.encode(unicodedata.normalize("NFC", host), uts46=True).decode("ascii")
        except UnicodeError:
            return None
    path = "".join(c if c.isascii() else percent_encoded(c) for c in rest[len(authority) :])
    return scheme + mark + host + colon + port + path


def percent_encoded(character: str) -> str:
    """``character`` as UTF-8 in percent escapes (RFC 3986 section 2.1)."""
    return "".join(f"%{octet:02X}" for octet in character.encode("utf-8", "replace"))


def too_long(uri: str) -> Finding | None:
    """R-05: more characters than browsers and servers agree to carry."""
    if len(uri) <= MAX_URI_LENGTH:
        return None
    return reject("R-05", f"This address has {len(uri)} characters; the limit is {MAX_URI_LENGTH}.")


def wildcard(uri: str) -> Finding | None:
    """R-06: a wildcard, as it is or escaped."""
    found = _WILDCARD.search(uri)
    if found is None:
        return None
    message = (
        "Wildcards are not supported. Register each address in full, or use one address and the "
        "state parameter to remember where the user should end up."
    )
    return reject("R-06", message, excerpt=found.group())


def template(uri: str) -> Finding | None:
    """R-07: a placeholder in braces or angle brackets, of a build script, or as the host."""
    found = placeholders.marked(uri)
    return reject("R-07", replace_it(found), excerpt=found) if found else None


def backslash(uri: str) -> Finding | None:
    """R-08: a backslash, which browsers read as a slash.

    With an ``@`` after it, browsers and RFC 3986 disagree about the host: then nothing is suggested. Nor is
    it where the backslash may begin an escape, or is in the query, where it stands for no slash.
    """
    if "\\" not in uri:
        return None
    better = uri.replace("\\", "/")
    certain = "@" not in uri and better.count("//") == 1 and not _ESCAPING.search(uri)
    return reject("R-08", "Use /, not \\.", excerpt="\\", suggestion=better if certain else None)


def charset(uri: str) -> Finding | None:
    """R-09: a character that no address may have."""
    found = _FOREIGN.search(uri)
    if found is None:
        return None
    character = found.group()
    escape = percent_encoded(character)
    message = f"The character “{character}” is not allowed in an address. Write it as {escape}."
    better = _FOREIGN.sub(lambda each: percent_encoded(each.group()), uri)
    return reject("R-09", message, excerpt=character, suggestion=better)


def percent(uri: str) -> Finding | None:
    """R-10: a percent sign that begins no escape.

    Before a name in capitals it begins a placeholder, which nothing can be suggested for.
    """
    found = _BROKEN_ESCAPE.search(uri)
    if found is None:
        return None
    message = (
        f"“%” at position {found.start() + 1} must be followed by two digits or letters A–F. "
        "Write a percent sign as %25."
    )
    better = None if _NAME.search(uri) else _BROKEN_ESCAPE.sub("%25", uri)
    return reject("R-10", message, excerpt=uri[found.start() : found.start() + 3], suggestion=better)


def fragment(uri: str) -> Finding | None:
    """R-11: a fragment, even an empty one."""
    head, mark, behind = uri.partition("#")
    if not mark:
        return None
    message = "A redirect URI may not contain #. Apps that route with #/… need a real path such as /callback."
    return reject("R-11", message, excerpt="#" + behind, suggestion=None if behind else head)


def page_fragment(uri: str) -> Finding | None:
    """R-11 and R-09 for pages: an empty fragment, or a second ``#``."""
    head, mark, behind = uri.partition("#")
    if mark and not behind:
        message = "There is nothing behind the # at the end. Remove it."
        return reject("R-11", message, excerpt="#", suggestion=head)
    if "#" in behind:
        return reject("R-09", "The character “#” may appear once. Write a second one as %23.", excerpt="#")
    return None


_ANY_ADDRESS: Final[tuple[Callable[[str], Finding | None], ...]] = (
    empty,
    control,
    space,
    non_ascii,
    too_long,
    wildcard,
    template,
    backslash,
    charset,
    percent,
)
_REDIRECT_URI: Final = (*_ANY_ADDRESS, fragment)
_PAGE: Final = (*_ANY_ADDRESS, page_fragment)


def flaw(uri: str, *, page: bool = False) -> Finding | None:
    """The first of R-01 to R-11 that ``uri`` breaks; a ``page`` may carry a fragment (U-02)."""
    if len(uri) <= MAX_URI_LENGTH and _PLAIN.fullmatch(uri) and "__" not in uri and "@@" not in uri:
        return None
    for rule in _PAGE if page else _REDIRECT_URI:
        if found := rule(uri):
            return found
    return None
