"""The only code that makes, seals and opens client secrets (rules K-02, K-03, K-06)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from portal import sealing

PURPOSE = "client_secret"
"""What client secrets are sealed for; ``apps.py`` declares the column."""
_BYTES = 32
"""256 bits: RFC 6749 section 10.10 asks for 128 and recommends 160."""


class PlainSecret:
    """A secret in clear. Only :meth:`text` gives it out; printing or pickling the object does not."""

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
    """The stored form of a new secret."""

    sealed: str
    verifier: str
    hint: str


def make(*, secret_uuid: UUID, client_id: UUID) -> SealedSecret:
    """Make a new secret, sealed for this row and this client. Nobody sees it in clear."""
    text = secrets.token_hex(_BYTES)
    return SealedSecret(
        sealed=sealing.seal(text, purpose=PURPOSE, bound_to=(str(secret_uuid), str(client_id))),
        verifier=verifier_of(text),
        hint=text[-4:],
    )


def open_sealed(sealed: str, *, secret_uuid: UUID, client_id: UUID, verifier: str) -> PlainSecret:
    """Return the secret in clear.

    Raises ``sealing.SealingKeyProblem`` where no key opens it, and ``sealing.SealBroken`` where it was
    sealed for another row or does not match the verifier. Either is logged as an error.
    """
    try:
        secret = PlainSecret(
            sealing.unseal(sealed, purpose=PURPOSE, bound_to=(str(secret_uuid), str(client_id)))
        )
        if not is_verifier(verifier_of(secret.text()), verifier):
            raise sealing.SealBroken
    except sealing.SealingKeyProblem:
        sealing.report_unopened(PURPOSE, secret_uuid)
        raise
    return secret


def verifier_of(text: str) -> str:
    """The SHA-256 in hex: enough for 256 random bits, and cheap on every token request."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_verifier(presented: str, verifier: str) -> bool:
    """Whether the two verifiers are the same; how long it takes does not say how much of them is."""
    return hmac.compare_digest(presented, verifier)
