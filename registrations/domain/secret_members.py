"""Removes secrets from a document before it is shown again where it was pasted (rule K-05).

The document may be broken, so it is read as text, not as JSON; if a doubt remains, nothing is kept.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_SECRET: Final = re.compile(r"secret|token|passw|private|assertion", re.IGNORECASE)
_PUBLIC: Final = frozenset({"token_endpoint", "token_endpoint_auth_method", "token_type"})
_PUBLIC_ENDS: Final = ("_alg", "_at", "_enc")
_PUBLIC_VALUES: Final = frozenset(
    {
        "client_secret_basic",
        "client_secret_jwt",
        "client_secret_post",
        "id_token",
        "private_key_jwt",
        "refresh_token",
        "token",
    }
)
"""Values that look like names of secrets, but are methods, grants and response types."""
_WORD: Final = re.compile(r"(?<![\w.-])[\w.-]++")
_JOINT: Final = r"[^\w\s:={}\[\],]{0,3}\s*+[:=]\s*+"
_NAME: Final = re.compile(rf"(?<![\w.-])([\w.-]++){_JOINT}")
_EMPTIED: Final = re.compile(rf'{_JOINT}""')
_STRING: Final = r'"(?:[^"\\]|\\.)*+"'
_VALUE: Final = re.compile(
    rf"(?:{_STRING}|-?\d[\d.eE+-]*+|null|true|false)(?=\s*(?:[,}}\]]|\Z))"  # a complete value
    r"|[{\[].*+"  # an object or a list, whose end is unknown
    rf"|(?:{_STRING})?[^\r\n]*+",  # a broken value
    re.DOTALL,
)
_ESCAPED_LETTER: Final = re.compile(r"\\u00[0-7]", re.IGNORECASE)


def names_secret(name: str) -> bool:
    """Whether a member with this name may hold a secret."""
    if name in _PUBLIC or name.endswith(_PUBLIC_ENDS):
        return False
    return _SECRET.search(name) is not None


def blanked(text: str) -> str:
    """The document with ``""`` in place of each secret, or empty text if a secret might be left in it."""
    pieces, position = [], 0
    while found := _NAME.search(text, position):
        pieces.append(text[position : found.end()])
        position = found.end()
        if names_secret(found[1]) and (value := _VALUE.match(text, position)) and value[0]:
            pieces.append('""')
            position = value.end()
    kept = "".join([*pieces, text[position:]])
    return "" if _may_hold_secret(kept) else kept


def _may_hold_secret(text: str) -> bool:
    """Whether a member with a secret has a value; in a broken document, whether a doubt remains."""
    left: list[str] = []

    def look(members: list[tuple[str, Any]]) -> None:
        left.extend(name for name, value in members if names_secret(name) and value)

    try:
        json.loads(text, object_pairs_hook=look, parse_int=float)
    except (ValueError, RecursionError):
        named = [
            word for word in _WORD.finditer(text) if word[0] not in _PUBLIC_VALUES and names_secret(word[0])
        ]
        is_left = any(not _EMPTIED.match(text, word.end()) for word in named)
        return is_left or _ESCAPED_LETTER.search(text) is not None
    return bool(left)
