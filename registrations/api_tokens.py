"""The only code that makes the tokens of authorization servers, and that reads one which is presented.

A token is ``crp_``, 43 characters for 32 random bytes, and six for a checksum. The prefix lets scanners of
repositories find one that was published, and the checksum tells a slip of the fingers without the database.
"""

from __future__ import annotations

import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Final

from portal.keyed_hashes import keyed_hash

PREFIX: Final = "crp_"
HINT_LENGTH: Final = 8
"""How much of a token is kept and shown: the prefix and four characters, of which nobody guesses the rest."""
_BYTES: Final = 32
_PURPOSE: Final = "registrations.api_tokens"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM_LENGTH: Final = 6
_FORM: Final = re.compile(rf"({PREFIX}[A-Za-z0-9_-]{{43}})([A-Za-z0-9]{{{_CHECKSUM_LENGTH}}})")


@dataclass(frozen=True)
class NewToken:
    """A token in clear, for the one place that shows it, with what is stored of it."""

    text: str
    hint: str
    keyed_hash: str

    def __repr__(self) -> str:
        return f"<an API token {self.hint}…>"


def make() -> NewToken:
    """Make a new token."""
    body = PREFIX + secrets.token_urlsafe(_BYTES)
    text = body + _checksum(body)
    return NewToken(text, text[:HINT_LENGTH], keyed_hash(text, purpose=_PURPOSE))


def hashes_of(presented: str) -> list[str]:
    """The hash under which a presented text is stored; none if it cannot be a token of ours."""
    found = _FORM.fullmatch(presented)
    if found is None or _checksum(found[1]) != found[2]:
        return []
    return [keyed_hash(presented, purpose=_PURPOSE)]


def _checksum(body: str) -> str:
    """CRC-32 in base 62, as other services' tokens have it. It protects from slips, not from anybody."""
    rest, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
