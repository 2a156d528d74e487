"""The one place where a client secret is made, sealed and opened (rules K-02, K-03, K-06)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from portal import sealing

_PURPOSE = "client_secret"
_BYTES = 32
"""256 bits: RFC 6749 section 10.10 asks for 128 and recommends 160."""


class PlainSecret:
    """A secret in clear. It shows itself only where :meth:`text` is called."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self) -> str:
        """The 64 lower-case hex digits, for the one page that shows them."""
        return self._text

    def __repr__(self) -> str:
        return "<a client secret>"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client secret is not to be stored.")


@dataclass(frozen=True)
class SealedSecret:
    """What is stored of a new secret."""

    sealed: str
    verifier: str
    hint: str


def make(*, secret_uuid: UUID, client_id: UUID) -> SealedSecret:
    """A new secret, sealed for this row and this client. Nobody has seen it."""
    text = secrets.token_hex(_BYTES)
    return SealedSecret(
        sealed=sealing.seal(text, purpose=_PURPOSE, bound_to=_owner(secret_uuid, client_id)),
        verifier=verifier_of(text),
        hint=text[-4:],
    )


def open_sealed(sealed: str, *, secret_uuid: UUID, client_id: UUID, verifier: str) -> PlainSecret:
    """The secret in clear.

    Raises ``sealing.SealingKeyProblem`` where no key opens it, and ``sealing.SealBroken`` where
    it was sealed for another row or is not what the verifier knows.
    """
    text = sealing.unseal(sealed, purpose=_PURPOSE, bound_to=_owner(secret_uuid, client_id))
    if not hmac.compare_digest(verifier_of(text), verifier):
        raise sealing.SealBroken
    return PlainSecret(text)


def verifier_of(text: str) -> str:
    """SHA-256 in hex: enough for 256 random bits, and cheap on every token request."""
    return hashlib.sha256(text.encode()).hexdigest()


def _owner(secret_uuid: UUID, client_id: UUID) -> tuple[str, str]:
    return str(secret_uuid), str(client_id)
