"""Encrypt ("seal") stored values with Fernet (AES-128-CBC and HMAC-SHA256), bound to their record.

The envelope inside the token names a purpose and the records that the value belongs to, so a sealed
value that is copied into another row does not open there.
"""

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ENVELOPE_VERSION = 1
KEY_BYTES = 32


class SealingKeyProblem(Exception):  # noqa: N818 — the term in docs/operations.md
    """None of the keys in PORTAL_FERNET_KEYS opens the value; it may open once the key is back."""

    def __init__(self) -> None:
        super().__init__("A sealed value could not be opened with the configured keys.")


class SealBroken(SealingKeyProblem):
    """The value opened, but it was sealed for something else or is not one of our envelopes."""

    def __init__(self) -> None:
        Exception.__init__(self, "A sealed value belongs to something else.")


def check_keys(text: str) -> list[str]:
    """The Fernet keys in comma-separated ``text``, newest first.

    Raises ImproperlyConfigured, without showing a key, when there is none, one is malformed or one is
    repeated.
    """
    keys = [part.strip() for part in text.split(",") if part.strip()]
    if not keys:
        raise ImproperlyConfigured("PORTAL_FERNET_KEYS is not set; it needs at least one Fernet key.")
    for place, key in enumerate(keys, start=1):
        try:
            raw = base64.urlsafe_b64decode(key)
        except ValueError:
            raw = b""
        # Python's decoder skips characters outside base64, so the key is encoded again.
        if len(raw) != KEY_BYTES or base64.urlsafe_b64encode(raw).decode() != key:
            raise ImproperlyConfigured(
                f"PORTAL_FERNET_KEYS: key number {place} is not 32 bytes in url-safe base64."
            )
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured("PORTAL_FERNET_KEYS has the same key twice.")
    return keys


def seal(value: str, *, purpose: str, bound_to: Sequence[str]) -> str:
    """Seal ``value`` with the newest key, so that it opens only for this purpose and these records."""
    envelope = {"v": ENVELOPE_VERSION, "purpose": purpose, "bound_to": list(bound_to), "value": value}
    return _fernet().encrypt(json.dumps(envelope).encode()).decode()


def unseal(sealed: str, *, purpose: str, bound_to: Sequence[str]) -> str:
    """Open a sealed value.

    Raises SealingKeyProblem when no key opens it, SealBroken when it was sealed for something else.
    """
    try:
        envelope = json.loads(_decrypted(sealed))
    except ValueError:
        envelope = None  # and SealBroken below, outside the handler, which would show the text
    expected = {"v": ENVELOPE_VERSION, "purpose": purpose, "bound_to": list(bound_to)}
    found = envelope if isinstance(envelope, dict) else {}
    value = found.get("value")
    if isinstance(value, str) and {name: found.get(name) for name in expected} == expected:
        return value
    del envelope, found, value  # a traceback must not show them
    raise SealBroken


def can_open(sealed: str) -> bool:
    """Whether one of the keys opens ``sealed``, whatever it is bound to."""
    try:
        _decrypted(sealed)
    except SealingKeyProblem:
        return False
    return True


def reseal(sealed: str) -> str:
    """Seal the same envelope again with the newest key, for key rotation. Raises SealingKeyProblem."""
    return _fernet().encrypt(_decrypted(sealed)).decode()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.PORTAL_FERNET_KEYS])


def _decrypted(sealed: str) -> bytes:
    """Decrypt a token. Raises SealingKeyProblem outside the handler, to keep the token out of tracebacks."""
    try:
        opened = _fernet().decrypt(sealed.encode("ascii", errors="replace"))
    except InvalidToken:
        opened = None
    if opened is None:
        raise SealingKeyProblem
    return opened
