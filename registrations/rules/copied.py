"""Damage that a copy does to an entry: recognised here, and mended for an offer, never silently.

Partners copy addresses out of other addresses, JSON, HTML and documents, and what surrounds or escapes them
there comes along. :func:`mended` says where a text seems to come from and what it was before. Whether that
may be registered is for the rules to say: the result is not checked here.

Every step takes time linear in the text, and there are few of them, so hostile text does no harm.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from html.entities import html5
from typing import Final, NamedTuple
from urllib.parse import unquote

from registrations.rules.findings import quote
from registrations.rules.member_names import folded, right_name
from registrations.rules.record_fields import FIELDS
from registrations.rules.record_fields import Kind as FieldKind


class Source(Enum):
    """Where a text was copied, in words for the partner; what says more about it comes first."""

    ADDRESS = "This looks copied out of another address."
    HTML = "This looks copied out of HTML."
    JSON = "This looks copied out of JSON."
    DOCUMENT = "This looks copied out of a document."
    LIST = "These are several addresses: put each one on a line of its own."
    END = "Check the end of the address."


class Mended(NamedTuple):
    """What a damaged text was before: its entries, each once, and where it seems to come from."""

    texts: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Kind:
    """What an entry is, to recognise where one begins.

    ``field`` is where it goes; ``member`` matches more names that documents give it, without case and
    signs. ``begins`` matches its beginning, ``encoded`` one in percent escapes, ``gap`` a place between two
    entries. Where there is room for one only, it is not ``is_listed``. ``bullets`` may touch it.
    """

    field: str
    begins: re.Pattern[str]
    encoded: re.Pattern[str]
    gap: re.Pattern[str]
    member: re.Pattern[str] = re.compile("(?!)")
    is_listed: bool = True
    bullets: bool = False


_COLON: Final = r"%(?:25){0,3}3A"
_SLASH: Final = r"%(?:25){0,3}2F"
_OPENING: Final = "\"'`“”„‟‘’‚‛«»‹›「『（(<[{"

_PAGE: Final = Kind(
    field="client_uri",
    begins=re.compile(r"https?://", re.IGNORECASE),
    encoded=re.compile(rf"(?:%(?:22|27|3C|20|5B|60))*https?(?::|{_COLON})(?:/|{_SLASH}){{2}}", re.IGNORECASE),
    gap=re.compile(rf"(?<=[\s,;|])(?=[{re.escape(_OPENING)}]{{0,3}}https?(?::|%))", re.IGNORECASE),
    is_listed=False,
    bullets=True,
)
PAGES: Final = {
    field.name: replace(_PAGE, field=field.name)
    for field in FIELDS.values()
    if field.kind is FieldKind.ADDRESS
}
"""The address of a page, by the field that it is for."""

REDIRECT_URI: Final = Kind(
    field="redirect_uris",
    begins=_PAGE.begins,
    encoded=_PAGE.encoded,
    gap=_PAGE.gap,
    member=re.compile(
        r"(?:allowed|authori[sz]ed|client|default|oauth2?|registered|valid|web)*"
        r"(?:callback|redirect|redirection|reply|return)(?:ur[il])?s?"
    ),
    bullets=True,
)
"""A redirect URI, which authorization requests carry as a parameter."""

MAILBOX: Final = Kind(
    field="contacts",
    begins=re.compile(r"[^\s@/<>()\[\]\"',;:|=]++@[^\s@]"),
    encoded=re.compile(r"[A-Za-z0-9._+\-]++%(?:25){0,3}40[A-Za-z0-9]"),
    gap=re.compile(r"(?<=[,;])"),
    member=re.compile(
        r"(?:admin|developer|security|support|technical)*(?:contact|e?mail)(?:e?mail|address|person)?(?:e?s)?"
    ),
)
"""An email address."""

MAX_LENGTH: Final = 20_000
"""In characters: as much as the form accepts as a list. Longer text is not looked at."""
_MOST_STEPS: Final = 16
"""What needs more steps than this was not damaged by a copy."""

_IN_OTHER_FIELDS: Final = PAGES.keys() | {REDIRECT_URI.field, MAILBOX.field, "logo_uri"}
"""Members whose values are addresses; a name such as ``name`` may stand before any entry."""
_BY_MEMBER: Final = {field.json_member: field.label for field in FIELDS.values() if field.json_member}
"""Labels of the form's fields."""
_IN_NO_FIELD: Final = re.compile(
    r"issuer|jwks(?:ur[il])?|\w*endpoint|(?:auth|authori[sz]ation|token|userinfo)ur[il]|\w*origins?|\w*logout\w*"
)
"""Names of addresses that documents about clients hold and the form does not ask for."""

_INVISIBLE: Final = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BLANK: Final = r"\s\x00-\x20\x7f-\x9f"
_LINE_ENDS: Final = re.compile(r"[\r\n]+")
_HEAD: Final = re.compile(rf"[{_BLANK}{_INVISIBLE}]+")
_JSON_ESCAPE: Final = re.compile(
    r"(?<!\\)\\++(?:u\{?([0-9A-Fa-f]{4})\}?|u\{([0-9A-Fa-f]{1,3})\}|x([0-9A-Fa-f]{2})|([/\"]))"
)
_TEXT_ESCAPE: Final = re.compile(r"\\([?=&#%~_\-.!()\[\]])")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINK: Final = re.compile(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\s\"'<>]+)", re.IGNORECASE)
_TAGGED: Final = re.compile(r"<([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.IGNORECASE)
_ANGLES: Final = re.compile(r"<([^<>\s|]+)(?:\|[^<>]*)?>")
_EMPHASIS: Final = re.compile(r"([*_~]{1,3})([^\s*].*)\1", re.DOTALL)
_BULLET: Final = re.compile(
    r"(?:[-–—*+•‣◦·▪●○■>|]|[0-9]{1,3}[.):]|\([0-9A-Za-z]{1,2}\)|[A-Za-z][.)])(\s*)(?:\[[ xX]\]\s+)?"
)
_LABEL: Final = re.compile(
    r"[?&]?(?:export\s+|-{1,2})?[\"']?([A-Za-z_][\w .()\-]{0,40}?)[\"']?\s{0,3}(=>|->|:=|[:=–])\s{0,3}"
)
_BEFORE_LABEL: Final = re.compile(r"[\s\-*•{\[(\"']*")
_QUOTED: Final = r"\"((?:[^\"\\]|\\.)*+)(?:\"|\\?\Z)|'([^']*+)(?:'|\Z)"
_STRING: Final = re.compile(_QUOTED, re.DOTALL)
_TOKEN: Final = re.compile(
    rf"(?:{_QUOTED}|(?<![\w.\-])([A-Za-z_][\w.\-]*+)(?=\s{{0,9}}[:=]))\s{{0,9}}(=>|[:=])?", re.DOTALL
)
"""A text in quotation marks, or the name of a member, which a sign follows."""
_SETTING: Final = re.compile(
    r"(?:export\s+)?[\"']?([A-Za-z_][\w .\-()]{0,40}?)[\"']?\s{0,9}"
    r"(?:((?:=>|->|:=|=)\s*|:(?:\s+|\Z))|\Z)"
)
"""The name that begins a line of YAML, TOML or a file of settings, or is all of it."""
_BESIDE: Final = re.compile(r"\s*[\[\]{}(),;|][\s\[\]{}(),;|]*|-{3,}|```\w*|(?:#|//\s)(?!.*[/@]).*")
"""A line that holds no entry: brackets, a rule, a comment."""
_CLOSING: Final = frozenset(",;.:|\"'`”“’‘»«›‹」』，、。；：")
_BRACKETS: Final = {")": "(", "]": "[", "）": "（"}
_BLANK_ESCAPES: Final = re.compile("(?:02%|90%|A0%|D0%|0A%2C%|[B-F]8%08%2E%|FB%BB%FE%)+", re.IGNORECASE)
"""Blanks and invisible characters in percent escapes, read backwards."""
_AUTHORITY: Final = re.compile(r"(https?://)([^/?#@\s]+)", re.IGNORECASE)
_REQUEST: Final = re.compile(r"[?&](?:client_id|response_type)=")
_FORWARDERS: Final = re.compile(
    r"https?://(?:[a-z0-9\-]+\.safelinks\.protection\.outlook\.com/[^?]*|(?:www\.)?google\.[a-z.]{2,6}/url"
    r"|slack-redir\.net/link|l\.facebook\.com/l\.php|www\.linkedin\.com/redir/redirect)\?",
    re.IGNORECASE,
)
"""Where mail programs, chats and search pages lead the links that they show."""
_FORWARDED: Final = re.compile(r"[?&](?:url|q|u)=(https?(?::|%3A)[^&#\s]*)", re.IGNORECASE)
_DEFENDED: Final = re.compile(r"https?://urldefense\.(?:com|us)/v3/__([^;]*)__;", re.IGNORECASE)


def mended(text: str, kind: Kind) -> Mended | None:
    """What the text was before it was copied, or None if a copy did it no recognisable damage.

    Blanks at the ends alone are no damage. An entry of the result may still break any rule.
    """
    if not text or len(text) > MAX_LENGTH:
        return None
    sources: set[Source] = set()
    texts = [_bare(part, kind, sources) for part in _parts(text, kind, sources)]
    texts = list(dict.fromkeys(filter(None, texts)))
    if not texts or (len(texts) > 1 and not kind.is_listed):
        return None
    if len(texts) > 1:
        sources.add(Source.LIST)
    if not sources or not all(kind.begins.match(one) or _is_plain(one, sources) for one in texts):
        return None
    return Mended(tuple(texts), next(source for source in Source if source in sources))


def _is_plain(text: str, sources: set[Source]) -> bool:
    """Whether the text may be an entry that lacks its beginning, and not the rest of something else."""
    return sources != {Source.END} and not any(sign in text for sign in '"<>{}[]')


def _parts(text: str, kind: Kind, sources: set[Source]) -> list[str]:
    """The entries of a list, as they stand there; a text that is no list is one entry."""
    values = list(_json_values(text, kind))
    if values:
        sources.add(Source.JSON)
        return [part for value in values for part in _parts_of_line(value, kind)]
    lines = [line for line in _LINE_ENDS.split(text) if line.strip()]
    if len(lines) > 1 and (entries := _lines_with_entries(lines, kind)) != lines:
        sources.add(Source.DOCUMENT)
        lines = entries
    return [part for line in lines for part in _parts_of_line(line, kind) if part.strip()]


def _lines_with_entries(lines: list[str], kind: Kind) -> list[str]:
    """The lines without those beside them; of settings with names, only those with a name of the kind."""
    entries: list[str] = []
    theirs: list[str] = []
    is_theirs, is_named = True, False
    for line in lines:
        if setting := _SETTING.match(line.strip()):
            is_theirs = is_name_of(kind, setting[1]) or (is_theirs and not setting[2])
            is_named |= is_name_of(kind, setting[1])
        if not is_beside(line, kind):
            entries.append(line)
            theirs += [line] if is_theirs else []
    return (theirs if is_named else entries) or lines


def is_beside(line: str, kind: Kind) -> bool:
    """Whether a line of a list holds no entry: a bracket, a comment, or the name of the list alone."""
    setting = _SETTING.match(line.strip())
    if setting is None or not is_name_of(kind, setting[1]):
        return _BESIDE.fullmatch(line) is not None
    is_heading = setting[2] or setting[1].lower().endswith(("s", "uri", "url"))
    return bool(is_heading) and not line.strip()[setting.end() :].strip(" [{(|>-")


def is_name_of(kind: Kind, name: str) -> bool:
    """Whether a document may call such entries so."""
    return right_name(name) == kind.field or kind.member.fullmatch(folded(name)) is not None


def _is_name_of_other(kind: Kind, name: str) -> bool:
    """Whether a document calls something else so: an entry of another field, or of none."""
    return not is_name_of(kind, name) and bool(
        right_name(name) in _IN_OTHER_FIELDS or _IN_NO_FIELD.fullmatch(folded(name))
    )


def belongs_elsewhere(text: str, kind: Kind) -> str:
    """What to do with a text that begins with the name of something else; empty if it does not."""
    label = _LABEL.match(_BEFORE_LABEL.sub("", text, count=1))
    if label is None or not _is_name_of_other(kind, label[1]):
        return ""
    own, other = FIELDS[kind.field].label, _BY_MEMBER.get(right_name(label[1]))
    place = f"it belongs under “{other}”" if other else "the form does not ask for it"
    return f"“{quote(label[1])}” is not for “{own}”: {place}."


def _parts_of_line(line: str, kind: Kind) -> list[str]:
    """The line, split where another entry begins; what stands before the first belongs to it."""
    parts, start = [], 0
    for found in kind.gap.finditer(line):
        # A comma in a query may belong to a value there; a blank belongs to no address.
        if line[found.start() - 1].isspace() or "?" not in line[start : found.start()]:
            parts.append(line[start : found.start()])
            start = found.start()
    parts.append(line[start:])
    if len(parts) > 1 and not _holds_an_entry(parts[0], kind):
        parts[:2] = [parts[0] + parts[1]]
    return parts if all(_holds_an_entry(part, kind) for part in parts) else [line]


def _holds_an_entry(part: str, kind: Kind) -> bool:
    return any(mark in part for mark in (("@", "%40") if kind is MAILBOX else ("//", "%", "\\/")))


def _json_values(text: str, kind: Kind) -> Iterator[str]:
    """The strings of a JSON list or object, complete or not: those of the kind's members, if named."""
    start = text.lstrip()[:1]
    label = _LABEL.match(text.lstrip())
    if label:
        start = text.lstrip()[label.end() : label.end() + 1]
    if start not in '[{"' or not start or kind.begins.match(text) or "](" in text:
        return
    if '"' not in text and not (start in "[{" and "'" in text):
        return
    if any(sign in _STRING.sub("", text) for sign in "/@"):
        return  # an entry without quotation marks, which must not get lost
    found: list[tuple[str, str]] = []
    name = ""
    for token in _TOKEN.finditer(text):
        value = next(part for part in token.groups() if part is not None)
        if token[3] is not None or token[4]:
            name = value
        elif value.strip() and not _is_name_of_other(kind, name):
            found.append((name, value))
    named = [value for name, value in found if is_name_of(kind, name)]
    is_list = not any(name for name, _ in found)
    yield from named or [
        value for _, value in found if is_list or kind.begins.match(_unescaped(value)) or len(found) == 1
    ]


def _bare(text: str, kind: Kind, sources: set[Source]) -> str:
    """The entry without what the copy brought along, step by step; the sources of the steps are added."""
    for _ in range(_MOST_STEPS):
        for step in _STEPS:
            better, source = step(text, kind)
            if better != text:
                text = better
                if source:
                    sources.add(source)
                break
        else:
            break
    return text


_Step = Callable[[str, Kind], tuple[str, Source | None]]


def _ends(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Without blanks and invisible characters at its ends."""
    head = _HEAD.match(text)
    start, end = head.end() if head else 0, len(text)
    while end > start and _HEAD.match(text[end - 1]):
        end -= 1
    cut = text[:start] + text[end:]
    is_seen = all(sign.isspace() or sign < "\xa0" for sign in cut)
    return text[start:end], None if is_seen else Source.DOCUMENT


def _unescaped(text: str) -> str:
    return _JSON_ESCAPE.sub(lambda found: found[4] or chr(int(found[1] or found[2] or found[3], 16)), text)


def _json_escapes(text: str, kind: Kind) -> tuple[str, Source | None]:
    r"""Without the escapes of JSON, such as ``\/`` and ``\u0026``."""
    return _unescaped(text) if "\\" in text else text, Source.JSON


def _text_escapes(text: str, kind: Kind) -> tuple[str, Source | None]:
    r"""Without the escapes of Markdown and of a command line, such as ``\_`` and ``\&``."""
    return _TEXT_ESCAPE.sub(r"\1", text) if "\\" in text else text, Source.DOCUMENT


def _tags(text: str, kind: Kind) -> tuple[str, Source | None]:
    """The target of a link, or the text of another element."""
    if text[:1] == "<":
        if link := _LINK.match(text):
            return link[1], Source.HTML
        if tagged := _TAGGED.fullmatch(text):
            return tagged[2], Source.HTML
    return text, None


def _entities(text: str, kind: Kind) -> tuple[str, Source | None]:
    """With characters in place of HTML's names and numbers for them."""
    return _ENTITY.sub(_character, text) if "&" in text else text, Source.HTML


def _character(entity: re.Match[str]) -> str:
    name = entity.group()
    return html.unescape(name) if name[1] == "#" or name[1:] in html5 else name


def without_escapes(text: str) -> str:
    """The text with characters in place of the escapes of JSON and of HTML."""
    return _ENTITY.sub(_character, _unescaped(text))


def entity_in(text: str) -> str | None:
    """The first entity of HTML in the text, as it stands there."""
    found = (entity.group() for entity in _ENTITY.finditer(text) if _character(entity) != entity.group())
    return next(found, None)


def _escapes(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Decoded once, if its beginning is in percent escapes; a parameter behind it is dropped."""
    if kind.begins.match(text):
        if kind is not MAILBOX and (authority := _AUTHORITY.match(text)) and "%" in authority[2]:
            rest = text[authority.end() :]
            if "%2f" in authority[2].lower() and not rest.startswith("@"):
                return authority[1] + _decoded(authority[2]) + rest, Source.ADDRESS
        return text, None
    if not kind.encoded.match(text):
        return text, None
    value = text.partition("&")[0]
    return _decoded(text if "?" in value else value), Source.ADDRESS


def _decoded(text: str) -> str:
    """The text with its escapes decoded once; unchanged if they are not UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _label(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Without the name before it, as in ``redirect_uri=https://…`` and ``Callback URL: https://…``."""
    label = _LABEL.match(text)
    if label is None or kind.begins.match(text) or _is_name_of_other(kind, label[1]):
        return text, None
    rest = text[label.end() :]
    value = rest.lstrip(_OPENING)
    if not (kind.begins.match(value) or kind.encoded.match(value)):
        return text, None
    if label[2] != "=" or not label.group().endswith("=") or label[1].isupper():
        return rest, Source.DOCUMENT
    is_cut = kind.begins.match(value) and "?" not in value.partition("&")[0]
    return rest.partition("&")[0] if is_cut else rest, Source.ADDRESS


def _request(text: str, kind: Kind) -> tuple[str, Source | None]:
    """The address that an authorization request or a link of a mail program carries."""
    if is_name_of(kind, "redirect_uri") and _REQUEST.search(text):
        for parameter in re.finditer(r"[?&]redirect_uri=([^&#\s]+)", text):
            if kind.begins.match(value := _decoded(parameter[1])) or kind.encoded.match(value):
                return value, Source.ADDRESS
    if kind is MAILBOX:
        return text, None
    if _FORWARDERS.match(text) and (target := _FORWARDED.search(text)):
        return _decoded(target[1]), Source.ADDRESS
    if defended := _DEFENDED.match(text):
        return defended[1], Source.ADDRESS
    return text, None


def _marks(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Without list bullets and numbers, Markdown and angle brackets round it."""
    if kind.begins.match(text):
        return text, None
    if text.startswith(("[", "![")) and "](" in text:
        target = text.partition("](")[2].lstrip(" <").split(maxsplit=1)
        return target[0].rstrip(">") if target else text, Source.DOCUMENT
    bullet = _BULLET.match(text)
    rest = text[bullet.end() :] if bullet else text
    if bullet and rest and (bullet[1] or (kind.bullets and kind.begins.match(rest))):
        return rest, Source.DOCUMENT
    for angles in _ANGLES.finditer(text):
        if kind.begins.match(angles[1]) or kind.encoded.match(angles[1]) or angles[1].startswith("mailto:"):
            return angles[1], Source.DOCUMENT
    emphasis = _EMPHASIS.fullmatch(text)
    return emphasis[2] if emphasis else text, Source.DOCUMENT


def _quotes(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Without quotation marks and brackets before it; those behind it go with the end."""
    start = 0
    while start < len(text) and text[start] in _OPENING and text[start] not in "<{":
        start += 1
    is_json = start and text[start - 1] == '"'
    return text[start:], Source.JSON if is_json else Source.DOCUMENT


def _end(text: str, kind: Kind) -> tuple[str, Source | None]:
    """Without the punctuation, quotation marks and blanks of a text or list behind it.

    A bracket or a quotation mark that the entry opens belongs to it. An ellipsis says that more was cut off.
    """
    if text.endswith(("..", "…")):
        return text, None
    left = {opening: text.count(closing) - text.count(opening) for closing, opening in _BRACKETS.items()}
    left |= {mark: text.count(mark) for mark in "\"'`"}
    end = len(text)
    while end:
        sign = text[end - 1]
        if sign in _BRACKETS and left[_BRACKETS[sign]] > 0:
            left[_BRACKETS[sign]] -= 1
        elif sign not in _CLOSING or (sign in "\"'`" and left[sign] % 2 == 0):
            break
        elif sign in left:
            left[sign] -= 1
        end -= 1
    blanks = _BLANK_ESCAPES.match(text[:end][::-1])
    return text[: end - blanks.end()] if blanks else text[:end], Source.END


_STEPS: Final[tuple[_Step, ...]] = (
    _ends,
    _json_escapes,
    _text_escapes,
    _tags,
    _entities,
    _request,
    _escapes,
    _label,
    _marks,
    _quotes,
    _end,
)
