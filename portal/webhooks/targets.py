"""Where webhooks go, and with which keys they are signed: settings alone say so, never a page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.environment import parse_url, read_text

PREFIX = "whsec_"
KEY_BYTES = (24, 64)
"""How long a key may be, as Standard Webhooks has it."""
MOST_KEYS = 2
"""The key and, while it is changed, its successor."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Target:
    """A URL, and the keys that sign what is sent there, the newest first. Its repr shows neither."""

    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)


def read_target(name: str, *, on_this_machine: bool) -> Target | None:
    """Read the variables ``<name>_URL`` and ``<name>_KEYS``; None if both are unset.

    The URL is https, or http to ``on_this_machine`` if that is allowed. Raises ImproperlyConfigured.
    """
    url, keys = read_text(f"{name}_URL"), read_text(f"{name}_KEYS")
    if not url and not keys:
        return None
    if not url or not keys:
        missing, given = ("URL", "KEYS") if keys else ("KEYS", "URL")
        raise ImproperlyConfigured(f"{name}_{missing} is not set, but {name}_{given} is.")
    return Target(_parse_url(f"{name}_URL", url, on_this_machine), _parse_keys(f"{name}_KEYS", keys))


def texts_of_keys(keys: str) -> list[str]:
    """The keys of such a variable as they are written, without the prefix."""
    return [key.strip().removeprefix(PREFIX) for key in keys.split(",") if key.strip()]


def _parse_url(name: str, value: str, on_this_machine: bool) -> str:
    parts = urlsplit(parse_url(name, value, ("http", "https")))
    if parts.scheme == "http" and not (on_this_machine and parts.hostname in LOOPBACK):
        raise ImproperlyConfigured(f"{name} must begin with https:// (with DEBUG, also http://localhost).")
    if not _is_host(parts.hostname) or "@" in parts.netloc or parts.fragment or not value.isascii():
        raise ImproperlyConfigured(
            f"{name} must name a host, all in ASCII, without a user, a password or a fragment."
        )
    return value


def _is_host(name: str | None) -> bool:
    """Whether a name server can be asked for it."""
    try:
        return bool((name or "").encode("idna"))
    except UnicodeError:
        return False


def _parse_keys(name: str, value: str) -> tuple[bytes, ...]:
    written = [key.strip() for key in value.split(",") if key.strip()]
    if not 1 <= len(written) <= MOST_KEYS:
        raise ImproperlyConfigured(f"{name} must be one key, or two while it is changed, the newest first.")
    return tuple(_parse_key(name, key) for key in written)


def _parse_key(name: str, text: str) -> bytes:
    least, most = KEY_BYTES
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not text.startswith(PREFIX) or not least <= len(key) <= most or len(set(key)) < 10:
        raise ImproperlyConfigured(
            f"{name} must be {PREFIX} and {least} to {most} random bytes in base64, with a comma between two."
        )
    return key
