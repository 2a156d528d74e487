"""A variable that is missing or malformed stops the boot, by name and without its value."""

import sys

import pytest

from tests.packaging.surroundings import production, run

pytestmark = pytest.mark.once

REQUIRED = [
    "SECRET_KEY",
    "DATABASE_URL",
    "PORTAL_BASE_URL",
    "PORTAL_FERNET_KEYS",
    "PORTAL_AUDIT_KEY",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "ALLOWED_HOSTS",
]
MALFORMED = [
    ("SECRET_KEY", "short-canary"),
    ("DATABASE_URL", "canary"),
    ("DATABASE_URL", "mysql://portal:canary@db/portal"),
    ("DATABASE_URL", "postgres://portal:canary@db:many/portal"),
    ("PORTAL_BASE_URL", "http://canary.example"),
    ("PORTAL_BASE_URL", "https://canary.example/portal"),
    ("PORTAL_BASE_URL", "canary.example"),
    ("PORTAL_FERNET_KEYS", "canary"),
    ("PORTAL_AUDIT_KEY", "canary"),
    ("EMAIL_URL", "canary"),
    ("EMAIL_URL", "pigeon://canary"),
    ("CACHE_URL", "pigeon://canary"),
    ("TRUSTED_PROXY_COUNT", "canary"),
    ("TRUSTED_PROXY_COUNT", "-1"),
    ("LOG_LEVEL", "canary"),
    ("DEBUG", "canary"),
    ("PORTAL_ISSUER_STAGING", "canary"),
    ("PORTAL_PREFLIGHT", "canary"),
]


def boot(env):
    return run(sys.executable, "-c", "import portal.settings", env=env)


def last_line(result):
    return result.stderr.strip().splitlines()[-1]


def test_complete_environment_boots(tmp_path):
    result = boot(production(tmp_path))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_variable_stops_the_boot(name, tmp_path):
    result = boot(production(tmp_path, **{name: None}))
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name} " in last_line(result)


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_malformed_variable_stops_the_boot(name, value, tmp_path):
    result = boot(production(tmp_path, **{name: value}))
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name}" in last_line(result)
    assert "canary" not in result.stderr
