"""Removes secrets from a document before it is shown again where it was pasted (rule K-05).

In JSON, a secret is known by the name of its member and by its surroundings. A broken document is read as
text; if a doubt remains, nothing of it is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registrations.rules.client_names import skeleton

REMOVED: Final = "(secret removed)"
"""What stands in the place of a secret."""

_SECRET: Final = re.compile(
    r"secret|token|passw|passphrase|pwd\b|private|assertion|credential|api_?key|authorization\Z|cookie",
    re.IGNORECASE,
)
_SHORTEST: Final = 3
_LONGEST: Final = 256 * 1024
"""Of a longer text that is no JSON, nothing is kept: four times what is read as a document."""
_MEANT: Final = ("secret", "password", "passphrase", "credential", "token")
"""Words that a slip of hand is looked for in."""
_JOINED: Final = re.compile(
    "secret|password|passphrase|credential|privatekey|apikey|clientsec|accesstoken|refreshtoken"
)
"""What names of secrets are without blanks, line breaks and other signs inside them."""
_CUT_OFF: Final = re.compile(r"secr|client_?-?sec\b", re.IGNORECASE)
_FOR_LETTERS: Final = str.maketrans("013457@$", "oieastas")
_PARTS: Final = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_RANDOM: Final = re.compile(
    r"((?<![\w+.-])[\w+.-]++:\\?/\\?/[^\s\"'<>,]++)"  # an address, in which a token would have a name
    r"|(?<![\w+/~%-])(?=[A-Za-z+/_~-]*+\d)(?=[\d+/_~-]*+[A-Za-z])[\w+/~-]{16,}+=*",
    re.ASCII,
)
"""What may be a secret whatever stands before it: many letters and digits in a row."""
_PUBLIC: Final = frozenset({"token_endpoint", "token_endpoint_auth_method", "token_type", "token_uri"})
_PUBLIC_ENDS: Final = ("_alg", "_at", "_enc", ".lifespan", ".time")
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
_PRIVATE_JWK: Final = frozenset({"d", "dp", "dq", "k", "oth", "p", "q", "qi"})
_VARIABLE: Final = ("key", "name")
_OPEN_IN_VARIABLE: Final = frozenset({*_VARIABLE, "description", "enabled", "type"})
"""What is no secret in an entry such as ``{"key": "client_secret", "value": …, "type": "secret"}``."""
_SECRET_TEXT: Final = re.compile(
    r"PRIVATE KEY-----|(?:secret|token|password|api_?key)=[^&\s]|\b(?:bearer|basic)\s+[\w+/=.~-]{8}"
    r"|://[^/\s@:]*:[^/\s@]+@|\s(?:-u|--user)[\s=]++[^\s:]++:\S",
    re.IGNORECASE,
)
"""Texts that hold a secret whatever their name is: keys, addresses with tokens or passwords, headers."""

_WORD: Final = re.compile(r"(?<![\w.-])[\w.-]++")
_JOINT: Final = r"[^\w\s:={}\[\],]{0,3}\s*+[:=]\s*+"
_NAME: Final = re.compile(rf"(?<![\w.-])([\w.-]++){_JOINT}")
_STRING: Final = r'"(?:[^"\\]|\\.)*+"'
_VALUE: Final = re.compile(
    rf"(?:{_STRING}|-?\d[\d.eE+-]*+|null|true|false)(?=\s*(?:[,}}\]]|\Z))"  # a complete value
    rf"|(?:{_STRING})?[^\r\n]*+",  # a broken value
    re.DOTALL,
)
_GOES_ON: Final = re.compile(r"(?:[\r\n]+(?!\s*+(?:[\"'“]?[\w.-]++[\"'”]?\s*+[:=]|[}\])]|\Z))[^\r\n]++)++")
"""The lines behind a broken value that no member and no bracket begins: it may go on in them."""
_HARMLESS: Final = re.compile(r'(?:""|null|true|false|0)(?=\s*(?:[,}\]]|\Z))')
_EMPTIED: Final = re.compile(rf'{_JOINT}(?:"{re.escape(REMOVED)}"|{_HARMLESS.pattern})')
_LITERAL: Final = re.compile(rf"({_STRING})(\s*+:)?|-?\d[\d.eE+-]*+", re.DOTALL)
_INNERMOST: Final = re.compile(r"\{[^{}]*+\}")
_ESCAPED_LETTER: Final = re.compile(r"\\u00[0-7]", re.IGNORECASE)
_METHOD: Final = re.compile(r'"clientAuthenticatorType"\s*:\s*"[\w-]*"')
"""The member with which Keycloak names a method after the secret that it uses."""
_KEY_TYPE: Final = re.compile(r"\bkty\b")


def names_secret(name: str) -> bool:
    """Whether a member with this name may hold a secret."""
    if name in _PUBLIC or name.endswith(_PUBLIC_ENDS):
        return False
    return _SECRET.search(name) is not None


def may_name_secret(name: str) -> bool:
    """Whether a member may hold a secret, also where a copy or a slip of hand damaged its name."""
    if len(name) < _SHORTEST or name in _PUBLIC or name.endswith(_PUBLIC_ENDS):
        return False
    if _SECRET.search(name) or _CUT_OFF.search(name):
        return True
    plain = name.translate(_FOR_LETTERS) if name.isascii() else skeleton(name)
    return _JOINED.search(_letters(plain)) is not None or any(map(_is_nearly_meant, _PARTS.findall(plain)))


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())


def _is_nearly_meant(word: str) -> bool:
    """Whether one slip makes the word out of one that names secrets: ``secert``, ``sekret``, ``pasword``."""
    return any(_differs_once(word.lower(), meant) for meant in _MEANT)


def _differs_once(word: str, meant: str) -> bool:
    """Whether a letter is missing, added or another one, or two have changed places."""
    if abs(len(word) - len(meant)) > 1:
        return False
    at = next((at for at, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), -1)
    rest, right = (word[at:], meant[at:]) if at >= 0 else ("", "")
    is_swapped = rest[:2] == right[1::-1] and rest[2:] == right[2:]
    return is_swapped or rest[1:] in (right, right[1:]) or rest == right[1:]


def blanked(text: str) -> str:
    """The document with a mark in place of each secret, or empty text if a secret might be left in it."""
    try:
        secrets = secrets_in(text)
    except (ValueError, RecursionError):
        return _blanked_as_text(text)
    return without(text, secrets)


def secrets_in(text: str) -> set[str]:
    """The secrets in a JSON document, numbers as they are written. Raises ``ValueError`` for broken JSON."""
    found: set[str] = set()

    def look(members: list[tuple[str, Any]]) -> list[Any]:
        surroundings = dict(members)  # made once: an object may have thousands of members
        for name, value in members:
            found.update(text for text in leaves(value) if _SECRET_TEXT.search(text))
            if is_secret_in(name, surroundings):
                found.update(leaves(value))
        return [value for _, value in members]

    value = json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    found.update(text for text in leaves(value) if _SECRET_TEXT.search(text))
    return found - {"", "0", REMOVED}


def is_secret_in(name: str, surroundings: Mapping[str, Any]) -> bool:
    """Whether the member with this name holds a secret in an object of these members."""
    if may_name_secret(name) or ("kty" in surroundings and name in _PRIVATE_JWK):
        return True
    if name in _OPEN_IN_VARIABLE:
        return False
    named = [surroundings[each] for each in _VARIABLE if isinstance(surroundings.get(each), str)]
    return surroundings.get("type") == "secret" or (
        "value" in surroundings and any(map(may_name_secret, named))
    )


def leaves(value: Any) -> Iterator[str]:
    """The texts and numbers in a value, however deep."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, list):
            left.extend(each)
        elif isinstance(each, str):
            yield each


def without(text: str, secrets: set[str]) -> str:
    """The JSON with a mark in place of each text or number that is one of the secrets."""

    def mark(found: re.Match[str]) -> str:
        is_name = found[2] is not None
        value = json.loads(found[1], strict=False) if found[1] else found[0]
        return f'"{REMOVED}"' if value in secrets and not is_name else found[0]

    return _LITERAL.sub(mark, text) if secrets else text


def _blanked_as_text(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    pieces, position = [], 0
    while found := _NAME.search(text, position):
        pieces.append(text[position : found.end()])
        position = found.end()
        if may_name_secret(found[1]) and not _HARMLESS.match(text, position):
            end = _end_of_value(text, position)
            pieces.append(f'"{REMOVED}"' if end > position else "")
            position = end
    kept = _INNERMOST.sub(_blanked_object, "".join([*pieces, text[position:]]))
    kept = _RANDOM.sub(lambda found: found[1] or REMOVED, kept)
    doubtful = _INNERMOST.sub(_doubtful, _METHOD.sub("", kept))
    return "" if _may_hold_secret(doubtful) else kept


def _end_of_value(text: str, position: int) -> int:
    """Where the value ends; an object or a list that is broken goes on to the end of the text."""
    if text[position : position + 1] in ("{", "["):
        try:
            return json.JSONDecoder().raw_decode(text, position)[1]
        except (ValueError, RecursionError):
            return len(text)
    for part in (_VALUE, _GOES_ON):
        found = part.match(text, position)
        position = found.end() if found else position
    return position


def _blanked_object(found: re.Match[str]) -> str:
    """An object in a broken document, without its secrets if it is JSON itself."""
    try:
        return without(found[0], secrets_in(found[0]))
    except (ValueError, RecursionError):
        return found[0]


def _doubtful(found: re.Match[str]) -> str:
    """What is left to doubt of an object in a broken document: nothing if it is JSON itself."""
    try:
        json.loads(found[0])
    except (ValueError, RecursionError):
        return found[0]
    return "{}"


def _may_hold_secret(text: str) -> bool:
    """Whether a doubt remains that there is a secret in a broken document."""
    named = [
        word for word in _WORD.finditer(text) if word[0] not in _PUBLIC_VALUES and may_name_secret(word[0])
    ]
    is_left = any(not _EMPTIED.match(text, word.end()) and not _is_mark(text, word) for word in named)
    whole = {word[0] for word in named}
    rest = _WORD.sub(lambda word: "" if word[0] in whole or _SECRET.search(word[0]) else word[0], text)
    is_torn = _JOINED.search(_letters(rest.translate(_FOR_LETTERS))) is not None
    return is_left or is_torn or any(sign.search(text) for sign in (_ESCAPED_LETTER, _KEY_TYPE, _SECRET_TEXT))


def _is_mark(text: str, word: re.Match[str]) -> bool:
    """Whether the word is the one in the mark itself."""
    return text.startswith(REMOVED, word.start() - 1)
