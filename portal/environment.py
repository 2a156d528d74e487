"""Read and check environment variables; an invalid one stops the process with an error that names it.

No message repeats a value, since most of them are secret.
"""

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http.request import split_domain_port, validate_host
from psycopg.pq import Conninfo

env = environ.Env()

_YES, _NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}

DATABASE_SCHEMES = ("postgres", "postgresql", "sqlite")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
CACHE_SCHEMES = ("dbcache", "redis", "rediss")
"""Caches that all processes share and whose client library is installed."""
FROM_FILES = (
    "SECRET_KEY",
    "DATABASE_URL",
    "PORTAL_FERNET_KEYS",
    "PORTAL_AUDIT_KEY",
    "EMAIL_URL",
    "CACHE_URL",
    "PORTAL_WEBHOOK_STAGING_URL",
    "PORTAL_WEBHOOK_STAGING_KEYS",
    "PORTAL_WEBHOOK_PRODUCTION_URL",
    "PORTAL_WEBHOOK_PRODUCTION_KEYS",
    "PORTAL_OIDC_CLIENT_SECRET",
)
"""The variables that hold a key or a password, or a URL that may be one: each can name a file instead, as
``SECRET_KEY_FILE`` does."""
REDIS_SECONDS = 2
"""How long a page waits for Redis to connect or to answer before it fails."""
TLS_AT_ONCE, TLS_ON_REQUEST = "smtp+ssl", ("smtp", "smtp+tls", "smtps")
EMAIL_FILES = "filemail"


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn ImproperlyConfigured into one line on standard error and exit code 1."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(" ".join(str(error).split()))


def read_settings() -> None:
    """Load the settings; end the process with a one-line error if a variable is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    with in_one_line():
        _ = settings.INSTALLED_APPS


def read_text(name: str, default: str = "") -> str:
    """Read a variable, or the file that it names, stripped of surrounding space.

    The default if the variable is unset or empty.
    """
    value = os.environ.get(name, "").strip()
    if name in FROM_FILES and (path := read_text(f"{name}_FILE")):
        if value:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; keep one of them.")
        value = read_file(f"{name}_FILE", path)
    return value or default


def read_file(name: str, path: str) -> str:
    """Read the file that the variable ``name`` names, stripped of surrounding space."""
    try:
        text = parse_path(name, path).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{name}: the file cannot be read.") from None
    if not text:
        raise ImproperlyConfigured(f"{name}: the file is empty.")
    return text


def read_flag(name: str) -> bool:
    """Read true or false; false if the variable is unset."""
    value = read_text(name).lower()
    if value not in _YES | _NO:
        raise ImproperlyConfigured(f"{name} must be true or false.")
    return value in _YES


def parse_choice(name: str, value: str, choices: Collection[str]) -> str:
    """Require one of these values."""
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}.")
    return value


def count(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    """Read a whole number between ``least`` and ``most``.

    Do not rename it: on SIGHUP, gunicorn reads the new deploy/gunicorn.conf.py, which imports this name,
    while its first process still holds this module from the previous release.
    """
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}.")
    return int(value)


def require_length(name: str, value: str, length: int) -> str:
    """Require a secret of at least ``length`` characters, at least ten of them different."""
    if len(value) < length or len(set(value)) < 10 or not value.isprintable():
        raise ImproperlyConfigured(f"{name} must be {length} random characters or more.")
    return value


def password_in(url: str) -> str:
    """The password in a URL, or an empty string."""
    return unquote(urlsplit(url).password or "")


def require_distinct(*secrets: tuple[str, str]) -> None:
    """Refuse a secret that is used in two variables, since a leak of one would reveal the other."""
    holders: dict[str, str] = {}
    for name, value in secrets:
        if value and value in holders:
            raise ImproperlyConfigured(f"{name} repeats a secret of {holders[value]}; use one of its own.")
        holders[value] = name


def require_together(one: tuple[str, object], other: tuple[str, object]) -> None:
    """Refuse one of two variables without the other."""
    for (name, value), (given, said) in ((one, other), (other, one)):
        if said and not value:
            raise ImproperlyConfigured(f"{name} is not set, but {given} is.")


def parse_url(name: str, value: str, schemes: Collection[str]) -> str:
    """Require a URL with one of the schemes; urlsplit would silently drop line breaks and tabs."""
    try:
        can_be_split = value.isprintable() and " " not in value and urlsplit(value).port != 0
    except ValueError:
        can_be_split = False
    if "://" not in value or not can_be_split or urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must be a URL that begins with {', '.join(sorted(schemes))}.")
    return value


def parse_site(name: str, value: str, schemes: Collection[str]) -> str:
    """Require a scheme and a host without a path; return them in lower case, without a final slash."""
    bare = parse_url(name, value, schemes).rstrip("/").lower()
    parts = urlsplit(bare)
    host, _ = split_domain_port(parts.netloc)
    if not host or parts.path or "?" in bare or "#" in bare:
        raise ImproperlyConfigured(
            f"{name} must be {' or '.join(sorted(schemes))}:// and a host in ASCII, without a path."
        )
    return bare


def parse_hosts(name: str, value: str, *, own: str, any_host: bool) -> list[str]:
    """The comma-separated hosts, which must cover ``own``; ``.client.example`` includes its subdomains."""
    found = [host.strip() for host in value.split(",") if host.strip()]
    if not found:
        raise ImproperlyConfigured(f"{name} is not set; name the hosts that this site answers to.")
    split = [split_domain_port(host.removeprefix(".")) for host in found if host != "*"]
    if any(port or not bare for bare, port in split):
        raise ImproperlyConfigured(f"{name} must be hosts alone, without scheme, port or path.")
    if "*" in found and not any_host:
        raise ImproperlyConfigured(f"{name} must name the hosts; * would answer to all of them.")
    if not validate_host(own, found):
        raise ImproperlyConfigured(f"{name} must contain the host of PORTAL_BASE_URL.")
    return found


def parse_database_url(name: str, value: str) -> str:
    """Require the URL of a PostgreSQL database, or of an SQLite file with an absolute path."""
    parts = urlsplit(parse_url(name, value, DATABASE_SCHEMES))
    if parts.scheme == "sqlite":
        if parts.netloc or not parts.path.startswith("//") or parts.query:
            raise ImproperlyConfigured(f"{name} must be sqlite:// and a whole path: sqlite:////path/to/file.")
        return value
    found = env.db_url_config(value)
    if not found["NAME"] or set(found["NAME"]) & set("/@") or parts.fragment:
        raise ImproperlyConfigured(
            f"{name} must end in the name of a database; in a password, percent-encode / @ ? and #."
        )
    # Refuse unknown parameters now, because libpq complains only when somebody connects.
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = {option.keyword.decode() for option in Conninfo.get_defaults()} | {"disable_server_side_cursors"}
    if not set(options) <= known or options.get("sslmode", "prefer") not in SSL_MODES:
        raise ImproperlyConfigured(f"{name} has an option after the ? that libpq does not know.")
    return value


def parse_cache_url(name: str, value: str) -> dict[str, Any]:
    """Django's settings for the cache at this URL: a database table, or Redis."""
    parts = urlsplit(parse_url(name, value, CACHE_SCHEMES))
    if parts.scheme == "dbcache":
        if not parts.netloc.isidentifier() or parts.path or parts.query:
            raise ImproperlyConfigured(f"{name} must be dbcache:// and the name of a table.")
        return {"BACKEND": env.CACHE_SCHEMES["dbcache"], "LOCATION": parts.netloc}
    number = parts.path.removeprefix("/")
    if not _has_host(parts) or not (number == "" or number.isdecimal()) or parts.fragment:
        raise ImproperlyConfigured(f"{name} must be {parts.scheme}://host:port/number, with a host.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if any(not option.startswith("ssl_") for option in options) or (options and parts.scheme != "rediss"):
        raise ImproperlyConfigured(f"{name} takes no options but those of rediss:// that begin with ssl_.")
    seconds = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": value.partition("?")[0],
        "KEY_PREFIX": "portal",
        "OPTIONS": options | seconds,
    }


def parse_mail_url(name: str, value: str) -> dict[str, Any]:
    """Django's settings for sending email, from the URL of a mail server."""
    parts = urlsplit(parse_url(name, value, env.EMAIL_SCHEMES))
    if parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} takes no options; in a password, percent-encode ? and #.")
    if parts.scheme == EMAIL_FILES and (parts.netloc or not parts.path.startswith("//")):
        raise ImproperlyConfigured(
            f"{name} must be filemail:// and a whole path: filemail:////path/to/folder."
        )
    found: dict[str, Any] = env.email_url_config(value)
    if parts.scheme not in (TLS_AT_ONCE, *TLS_ON_REQUEST):
        return found
    if not _has_host(parts) or parts.path not in ("", "/"):
        raise ImproperlyConfigured(f"{name} must name the host of the mail server, and nothing after it.")
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(f"{name} must have both user and password, or neither.")
    if parts.scheme in TLS_ON_REQUEST and parts.port == 465:
        raise ImproperlyConfigured(f"{name}: port 465 speaks TLS at once; the URL begins with smtp+ssl.")
    if parts.scheme == TLS_AT_ONCE and parts.port in (25, 587):
        raise ImproperlyConfigured(f"{name}: ports 25 and 587 begin without TLS; use smtp+tls.")
    # This backend has a deadline for the whole SMTP session.
    return found | {"EMAIL_BACKEND": "portal.outbox.smtp.EmailBackend"}


def parse_sender(name: str, value: str) -> str:
    """Require one email address, with or without a display name."""
    pairs = getaddresses([value])
    try:
        if not value.isprintable() or len(pairs) != 1:
            raise ValidationError("")
        validate_email(pairs[0][1])
    except ValidationError:
        raise ImproperlyConfigured(
            f"{name} must be one email address, alone or as: Display name <address>."
        ) from None
    return value


def parse_support(name: str, value: str) -> str:
    """Require an email address or an ``https://`` link, which every page shows; empty stays empty."""
    if not value or value.startswith("https://"):
        return value and parse_url(name, value, ("https",))
    try:
        validate_email(value)
    except ValidationError:
        raise ImproperlyConfigured(f"{name} must be an email address or a link with https://.") from None
    return value


def parse_contacts(name: str, value: str) -> list[str]:
    """The comma-separated ``mailto:`` and ``https://`` URIs at which somebody can be reached (RFC 9116)."""
    return [_parse_contact(name, uri.strip()) for uri in value.split(",") if uri.strip()]


def _parse_contact(name: str, uri: str) -> str:
    if uri.startswith("https://"):
        return parse_url(name, uri, ("https",))
    scheme, _, address = uri.partition(":")
    try:
        validate_email(address if scheme == "mailto" and address.isascii() else "")
    except ValidationError:
        raise ImproperlyConfigured(
            f"{name} must be mailto: and an address, or a link with https://."
        ) from None
    return uri


def parse_last_day(name: str, value: str) -> date | None:
    """Require a date within the next year (RFC 9116, section 2.5.5); empty is None.

    One that is past is accepted: it must not keep a portal from starting that ran the day before.
    """
    if not value:
        return None
    try:
        last = date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a date, as in 2026-05-31.") from None
    if last - datetime.now(UTC).date() >= timedelta(days=365):
        raise ImproperlyConfigured(f"{name} must be less than a year ahead.")
    return last


def parse_path(name: str, value: str) -> Path:
    """Require an absolute path: a relative one could lead elsewhere in each process."""
    if not value.isprintable() or not Path(value).is_absolute():
        raise ImproperlyConfigured(f"{name} must be a whole path, from / on.")
    return Path(value)


def _has_host(parts: SplitResult) -> bool:
    """Whether the URL names exactly one host."""
    return bool(parts.hostname) and "," not in parts.netloc
