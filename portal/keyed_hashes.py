"""Keyed hashes: whoever reads the database alone learns nothing of the texts.

The key is derived from ``SECRET_KEY``, so the hash of a text cannot be made without it either.
"""

from __future__ import annotations

import hmac
from functools import cache

from django.conf import settings
from django.utils.encoding import force_bytes


def keyed_hash(text: str, *, purpose: str) -> str:
    """The hash to store, as 64 hex digits. Each purpose has a key of its own."""
    return hmac.digest(_key(purpose, settings.SECRET_KEY), text.encode(), "sha256").hex()


@cache
def _key(purpose: str, secret: str | bytes) -> bytes:
    """The key of a purpose, derived once: servers are waiting for these hashes."""
    return hmac.digest(force_bytes(secret), purpose.encode(), "sha256")
