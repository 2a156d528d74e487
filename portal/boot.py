"""Checks that ``web`` and ``worker`` run before they start.

They require real secrets instead of placeholders, a database that answers, a writable MEDIA_ROOT and a
working cache, and make the canary of a new sealing key. The settings refuse values that can never work,
which is enough for migrating, collecting static files and linting.
"""

import base64
import secrets
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from portal.environment import in_one_line, read_settings, read_text

PLACEHOLDER_MARKS = ("build-only", "only-for-development", "test-0123456789", "test-audit-")
"""Every placeholder in this repository contains one of these, Fernet keys aside."""
PLACEHOLDER_KEY_MARK = b"only-key"
EXAMPLES = (
    "postgres://user:password@host:5432/name",
    "sqlite:////path/to/file",
    "smtp+tls://user:password@host:587",
    "filemail:////path/to/folder",
    "redis://host:6379/0",
)
"""The example values in docs/operations.md."""
NAMES = (
    "SECRET_KEY",
    "DATABASE_URL",
    "PORTAL_BASE_URL",
    "PORTAL_AUDIT_KEY",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "ALLOWED_HOSTS",
    "CACHE_URL",
)
"""The variables that have a placeholder or an example, except PORTAL_FERNET_KEYS."""
MAIL_TO_NOBODY = ("consolemail", "dummymail", "memorymail")
"""Mail schemes for builds and tests: they drop every email, or print it to the log with its links."""


@cache
def stop_web_unless_ready() -> None:
    """Run the checks once, in gunicorn's first process; a reload of its configuration skips them.

    The checks run in a child process, so that the first process holds no connection and none of the
    site's code: after SIGHUP the new processes load all of it again.
    """
    if subprocess.run([sys.executable, "-m", "portal.boot"]).returncode:
        sys.exit(1)


def stop_unless_ready() -> None:
    """End the process with a one-line error if the portal cannot work with its configuration."""
    with in_one_line():
        for check in CHECKS if settings.DEBUG else (*CHECKS_OF_SECRETS, *CHECKS):
            check()


def refuse_placeholders() -> None:
    """Refuse a placeholder or example in place of a secret. Raises ImproperlyConfigured."""
    for name in NAMES:
        value = read_text(name)
        if value in EXAMPLES or any(mark in value for mark in PLACEHOLDER_MARKS):
            raise ImproperlyConfigured(f"{name} holds a placeholder that everybody can read; set your own.")
    if any(PLACEHOLDER_KEY_MARK in base64.urlsafe_b64decode(key) for key in settings.PORTAL_FERNET_KEYS):
        raise ImproperlyConfigured("PORTAL_FERNET_KEYS holds a key that everybody can read; make your own.")


def refuse_lost_mail() -> None:
    """Refuse a mail scheme that sends nothing. Raises ImproperlyConfigured."""
    if urlsplit(read_text("EMAIL_URL")).scheme in MAIL_TO_NOBODY:
        raise ImproperlyConfigured("EMAIL_URL has a scheme that sends nothing; name a mail server.")


def reach_the_database() -> None:
    """Connect to the database. Raises ImproperlyConfigured."""
    try:
        connection.ensure_connection()
    except Error:
        raise ImproperlyConfigured("DATABASE_URL: the database does not answer.") from None


def find_the_static_files() -> None:
    """Require that the static files are collected. Raises ImproperlyConfigured."""
    try:
        staticfiles_storage.url("css/portal.css")
    except ValueError:
        raise ImproperlyConfigured(
            "Static files are not collected: python manage.py collectstatic --clear --noinput"
        ) from None


def write_a_file() -> None:
    """Write a file to MEDIA_ROOT. Raises ImproperlyConfigured."""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".boot-") as file:
            file.write(b"Written at the start, and removed at once.\n")
            file.flush()
    except OSError:
        raise ImproperlyConfigured("MEDIA_ROOT: no file can be written to this folder.") from None


def use_the_cache() -> None:
    """Keep something in the cache and read it again. Raises ImproperlyConfigured."""
    key = f"boot-{secrets.token_hex(8)}"
    try:
        caches["default"].set(key, key, timeout=60)
        kept = caches["default"].get(key)
        caches["default"].delete(key)
    except (Error, RedisError, OSError, TypeError, ValueError):
        kept = None
    if kept != key:
        raise ImproperlyConfigured(
            "CACHE_URL: nothing can be kept in the cache. With redis:// the server has to answer; with"
            " dbcache:// createcachetable has to have made the table."
        )


def keep_a_canary() -> None:
    """Make the canary of the newest sealing key. Keys that open nothing are logged, and stop nothing."""
    keep = import_string("portal.sealing_keys.canaries.keep")  # it needs the models, which are there only now
    with suppress(Error):  # the tables are not migrated yet; /readyz says so
        keep()


CHECKS = (reach_the_database, write_a_file, use_the_cache, keep_a_canary)
CHECKS_OF_SECRETS = (refuse_placeholders, refuse_lost_mail)
"""What a developer's machine may have, and nobody else."""

if __name__ == "__main__":
    read_settings()
    django.setup(set_prefix=False)
    stop_unless_ready()
    with in_one_line():
        find_the_static_files()
