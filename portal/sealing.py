"""Encrypt ("seal") stored values with Fernet (AES-128-CBC and HMAC-SHA256), bound to their record.

The envelope inside the token names a purpose and the records that the value belongs to, so a sealed
value that is copied into another row does not open there.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ENVELOPE_VERSION = 1
KEY_BYTES = 32

log = structlog.stdlib.get_logger("portal.sealing")


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values: the model as ``app.Model``, and the field.

    Where the field holds JSON, ``keys`` are the members of its objects that may be sealed, one in each row.
    ``named_by`` is the UUID that names a row to operators.
    """

    model: str
    field: str
    keys: tuple[str, ...] = ()
    named_by: str = "uuid"


sealed_columns: dict[str, SealedColumn] = {}
"""The columns that hold sealed values, by purpose. Each app adds its own in ``AppConfig.ready``.

``seal`` refuses a purpose without a column, so that a change of keys misses no stored value.
"""


class SealingKeyProblem(Exception):  # noqa: N818 — the term in docs/operations.md
    """None of the keys in PORTAL_FERNET_KEYS opens the value; it may open once the key is back."""

    def __init__(self) -> None:
        super().__init__("A sealed value could not be opened with the configured keys.")


class UndeclaredPurpose(Exception):  # noqa: N818 — a bug, which the first test of the new code meets
    """Something was sealed for a purpose that has no column in ``sealed_columns``."""


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
    """Seal ``value`` with the newest key, so that it opens only for this purpose and these records.

    Raises UndeclaredPurpose where ``sealed_columns`` does not say which column will hold it.
    """
    if purpose not in sealed_columns:
        raise UndeclaredPurpose(purpose)
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


def report_unopened(purpose: str, row: UUID) -> None:
    """Log, at error level for alerts, which row holds a value that could not be opened."""
    log.error("sealed_value_not_opened", model=sealed_columns[purpose].model, row=str(row))


def key_id(key: str) -> str:
    """A short name of a key, for operators. A hash of 32 random bytes gives nothing of them away."""
    return hashlib.sha256(b"portal sealing key id\0" + base64.urlsafe_b64decode(key)).hexdigest()[:8]


def key_ids() -> list[str]:
    """The ids of the configured keys, newest first."""
    return [key_id(key) for key in settings.PORTAL_FERNET_KEYS]


def id_of_key(sealed: str) -> str | None:
    """The id of the configured key that opens ``sealed``, whatever it is bound to; None if none does.

    A token does not name its key, so each is tried, the newest first.
    """
    for key in settings.PORTAL_FERNET_KEYS:
        try:
            Fernet(key).decrypt(sealed.encode("ascii", errors="replace"))
        except InvalidToken:
            continue
        return key_id(key)
    return None


def canary(wanted: str) -> str:
    """A value sealed with the configured key of this id. It opens for as long as that key is there."""
    key = next(key for key in settings.PORTAL_FERNET_KEYS if key_id(key) == wanted)
    return Fernet(key).encrypt(b"canary").decode()


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
