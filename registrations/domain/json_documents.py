"""Parses the JSON documents that partners paste, and says where a broken one has to be mended.

Only Python's own strict parser reads a document. What is here looks at the place where that parser stopped,
and quotes nothing of the document but names and signs: what stands around the place may be a secret.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Final, NamedTuple

from registrations.rules.findings import quote

MAX_DOCUMENT_BYTES: Final = 64 * 1024
_MAX_DEPTH: Final = 100
_BYTE_ORDER_MARK: Final = "\ufeff"
_NOT_JSON: Final = "This is not JSON."
_CURLY: Final = "“”„‟«»‘’‚‛"
"""What editors put in place of straight quotation marks."""
_OPENING: Final = {"}": "{", "]": "["}
_CLOSING: Final = {"{": "}", "[": "]"}
_STRING_OR_SIGN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]]', re.DOTALL)
_CURLY_END: Final = re.compile(rf'"[^"\n]*([{_CURLY}])\s*[,:}}\]]*\s*"?\Z')
"""A text that was meant to end at a curly quotation mark, up to where the parser noticed."""
_STRING_OR_NO_NUMBER: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|(-?Infinity|NaN)', re.DOTALL)


class UnreadableDocument(ValueError):  # noqa: N818 - a refused document, not a program error
    """The document cannot be read; ``complaints`` tell the partner why, in plain text."""

    def __init__(self, *complaints: str) -> None:
        super().__init__(*complaints)
        self.complaints = complaints


class Advice(NamedTuple):
    """What to change where the parser stopped.

    ``problem`` begins the parser's message, ``before`` ends the text before the place, and ``here`` begins
    what follows.
    """

    problem: str
    before: str
    here: str
    words: str


_NAME: Final = "Expecting property name"
_VALUE: Final = "Expecting value"
_COMMA: Final = "Expecting ',' delimiter"
_COLON: Final = "Expecting ':' delimiter"
_EXTRA: Final = "Extra data"
_CONTROL: Final = "Invalid control character"

_ADVICE: Final = (
    Advice("", r",\s*", r"\}", "remove the comma before `}`."),
    Advice("", r",\s*", r"\]", "remove the comma before `]`."),
    Advice("", "", r"//", "remove the comment that starts with `//`. JSON has no comments."),
    Advice("", "", r"/\*", "remove the comment from `/*` to `*/`. JSON has no comments."),
    Advice("", "", r"#", "remove the comment that starts with `#`. JSON has no comments."),
    Advice("", "", rf"[{_CURLY}]", 'replace the curly quotation marks with straight ones: `"`.'),
    Advice("", "", r"['`´]", 'use the double quotation mark `"` instead of this one.'),
    Advice(_NAME, "", r"[\w$-]", 'put the name between quotation marks, as in `"client_name"`.'),
    Advice(_VALUE, "", r"(?i:true|false)\b", "write `true` and `false` in small letters."),
    Advice(_VALUE, "", r"(?:None|nil|undefined|NULL|Null)\b", "write `null`, or leave the member out."),
    Advice(_VALUE, r"[{\[,:]\s*", r"[,}\]]", "a value is missing here. Add it, or remove its name."),
    Advice(_VALUE, r".", r"[.+]?\d", "write the number with a digit in front, and without `+`."),
    Advice(_VALUE, r".", r"[^\W\d]", 'put the text between quotation marks: `"…"`.'),
    Advice(_NAME, "", r",", "there is a comma too many. Remove it."),
    Advice(
        _EXTRA,
        r'"\s*',
        r":",
        "the braces are missing. Put `{` before the first name, and `}` at the end.",
    ),
    Advice(_EXTRA, "", r"[}\]]", "this closing bracket is one too many. Remove it."),
    Advice(_EXTRA, "", r"[{\[,]", "a second document starts here. Paste one document only."),
    Advice(_EXTRA, "", r"", "the document has ended here already. Remove what follows."),
    Advice(_COLON, "", r"[=-]", "put a colon `:` between the name and its value."),
    Advice(_COLON, "", r"", "a colon `:` is missing between a name and its value."),
    Advice(_COMMA, "", r"\}", "a list is still open. Put `]` before this brace."),
    Advice(_COMMA, "", r"\]", "an object is still open. Put `}` before this bracket."),
    Advice(_COMMA, r"\"", r"[\w.:/@-]", 'a text has ended here already. Inside a text, write `\\"` for `"`.'),
    Advice(_COMMA, r"\b0", r"\d", "remove the zero before the number, or put quotation marks around both."),
    Advice(_COMMA, "", r"", "a comma `,` is missing before this."),
    Advice(
        _CONTROL,
        "",
        r"[\r\n]",
        'a text stops at the end of the line. Close it with `"`, or write `\\n`.',
    ),
    Advice(_CONTROL, "", r"\t", "there is a tab inside a text. Write `\\t`, or a space."),
    Advice(_CONTROL, "", r"", "there is an invisible control character inside a text. Remove it."),
    Advice("Invalid \\", "", r"", "a backslash inside a text has to be doubled: `\\\\`."),
    Advice("", "", r"\x00", "there is a null character. Save the document as UTF-8."),
    Advice("", "", r"[^\x21-\x7e]", "there is an invisible or foreign character. Remove it."),
)
"""The first line that fits is said."""


def parse(text: str) -> Any:
    """The value that the document holds, parsed strictly by RFC 8259, with each name only once in an object.

    Raises :class:`UnreadableDocument`, whose complaints quote nothing of the document but names.
    """
    if len(text.encode("utf-8", "replace")) > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(f"The document is larger than {MAX_DOCUMENT_BYTES // 1024} KiB.")
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if _depth(text) > _MAX_DEPTH:
        raise UnreadableDocument("The document is nested too deeply.")
    repeated: dict[str, None] = {}

    def each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.update((name, None) for name in _repeated(members))
        return dict(members)

    try:
        value = json.loads(text, object_pairs_hook=each_once, parse_constant=_no_number, parse_int=float)
    except json.JSONDecodeError as error:
        raise UnreadableDocument(f"{_NOT_JSON} {_where_and_what(error)}") from None
    except _NoNumber:
        raise UnreadableDocument(f"{_NOT_JSON} {_no_number_in(text)}") from None
    if repeated:
        raise UnreadableDocument(
            *(f"`{quote(name)}` appears twice. Remove one of them." for name in repeated)
        )
    return value


class _NoNumber(Exception):  # noqa: N818 - it never leaves this module
    """A word that Python reads as a number, and JSON does not."""


def _no_number(name: str) -> object:
    raise _NoNumber(name)


def _no_number_in(text: str) -> str:
    found = next(found for found in _STRING_OR_NO_NUMBER.finditer(text) if found[1])
    return f"{_place(text, found.start())}: `{found[1]}` is not a number in JSON. Use a number, or `null`."


def _repeated(members: list[tuple[str, Any]]) -> list[str]:
    counted = Counter(name for name, _ in members)
    return [name for name, count in counted.items() if count > 1]


def _depth(text: str) -> int:
    """How deep the brackets go, whether the text is JSON or not."""
    depth = deepest = 0
    for found in _STRING_OR_SIGN.finditer(text):
        depth += (found[0] in _CLOSING) - (found[0] in _OPENING)
        deepest = max(deepest, depth)
    return deepest


def _where_and_what(error: json.JSONDecodeError) -> str:
    """The place where a broken document has to be mended, and how."""
    text, position = error.doc, error.pos
    is_open = error.msg.startswith("Unterminated string")
    if curly := re.compile(f"[{_CURLY}]").search(text, position) if is_open else _curly_end(error):
        position = curly.end() - 1 if is_open else curly.start(1)
    elif is_open:
        return f"{_place(text, position)}: the quotation mark that closes this text is missing."
    elif position >= len(text.rstrip()):
        return f"{_place(text, len(text.rstrip()))}: {_unclosed(text)}"
    before = text[:position]
    for advice in _ADVICE:
        is_near = re.search(rf"(?:{advice.before})\Z", before[-200:], re.DOTALL) is not None
        if error.msg.startswith(advice.problem) and is_near and re.match(advice.here, text[position:]):
            trailing = advice.before.startswith(",")
            return f"{_place(text, before.rindex(',') if trailing else position)}: {advice.words}"
    return f"{_place(text, position)}: {error.msg.removesuffix(' at').removesuffix(' starting')}."


def _curly_end(error: json.JSONDecodeError) -> re.Match[str] | None:
    """The curly quotation mark that ends the text before the place, where the parser read on behind it."""
    noticed = (
        (_COLON, _CONTROL) if error.doc[error.pos : error.pos + 1] == '"' else (_COLON, _COMMA, _CONTROL)
    )
    is_noticed = error.msg.startswith(noticed)
    return _CURLY_END.search(error.doc, max(0, error.pos - 5_000), error.pos) if is_noticed else None


def _unclosed(text: str) -> str:
    """What is missing at the end of a document that ends too early."""
    opened: list[tuple[str, int]] = []
    for found in _STRING_OR_SIGN.finditer(text):
        if found[0] in _CLOSING:
            opened.append((found[0], found.start()))
        elif found[0] in _OPENING and opened:
            opened.pop()
    if not opened:
        return "the document ends too early."
    sign, start = opened[-1]
    missing = "".join(_CLOSING[sign] for sign, _ in reversed(opened))
    line = text.count("\n", 0, start) + 1
    return f"the document ends too early. `{sign}` in line {line} is still open: add `{missing}` at the end."


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"Line {line}, character {position - text.rfind(chr(10), 0, position)}"
