"""How settings read the environment: what is malformed stops the process with the variable's name.

No message repeats a value, since most of them are secret.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

_YES, _NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}


def flag(name: str) -> bool:
    """True or false; false where it is unset."""
    value = env.str(name, default="").lower()
    if value not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return value in _YES


def count(name: str, default: int, most: int | None = None) -> int:
    """A whole number from 0, up to ``most`` where one is given."""
    value = env.str(name, default=str(default))
    if not (value.isascii() and value.isdecimal()):
        raise ImproperlyConfigured(f"{name} must be a whole number, 0 or more.")
    if most is not None and int(value) > most:
        raise ImproperlyConfigured(f"{name} must be {most} or less.")
    return int(value)


def long_enough(name: str, value: str, length: int) -> str:
    """A secret of at least ``length`` characters, not all of them alike."""
    if len(value) < length or len(set(value)) < 5:
        raise ImproperlyConfigured(f"{name} must be {length} random characters or more.")
    return value


def address(name: str, value: str, schemes: Collection[str]) -> str:
    """A URL of one of the schemes."""
    if "://" not in value or not _is_split(value) or urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must be a URL that begins with {', '.join(sorted(schemes))}.")
    return value


def site(name: str, value: str, schemes: Collection[str]) -> str:
    """A scheme and a host, without a path; a slash at the end is dropped."""
    bare = address(name, value, schemes).rstrip("/")
    parts = urlsplit(bare)
    if not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{name} must be {' or '.join(sorted(schemes))}:// and a host, without a path."
        )
    return bare


def _is_split(value: str) -> bool:
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False
