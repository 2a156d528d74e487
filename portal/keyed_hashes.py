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
    made = _keyed(purpose, settings.SECRET_KEY).copy()
    made.update(text.encode())
    return made.hexdigest()


@cache
def _keyed(purpose: str, secret: str | bytes) -> hmac.HMAC:
    """The hash of nothing under the key of a purpose, set up once: servers are waiting for these hashes, and
    OpenSSL takes longer to set one up than to make one."""
    return hmac.new(hmac.digest(force_bytes(secret), purpose.encode(), "sha256"), digestmod="sha256")
