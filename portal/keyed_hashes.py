"""Keyed hashes: whoever reads the database alone learns nothing of the texts.

The key is derived from ``SECRET_KEY``, so the hash of a text cannot be made without it either.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed_hash(text: str, *, purpose: str) -> str:
    """The hash to store, as 64 hex digits. Each purpose has a key of its own."""
    return _hash(text, purpose, settings.SECRET_KEY)


def possible_hashes(text: str, *, purpose: str) -> list[str]:
    """The hashes under which the text may be stored: with this key, and with those that it replaced."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_hash(text, purpose, key) for key in keys]


def _hash(text: str, purpose: str, key: str | bytes) -> str:
    return salted_hmac(purpose, text, secret=key, algorithm="sha256").hexdigest()
