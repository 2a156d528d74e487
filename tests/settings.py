"""The production settings with throw-away values, so that tests meet what partners meet."""

import os
from pathlib import Path

from tests.support.keys import FERNET_KEY

_root = Path(__file__).resolve().parent.parent
_values = {
    "SECRET_KEY": "test-" + "0123456789abcdef" * 4,
    "DATABASE_URL": f"sqlite:///{_root / 'var' / 'unused.sqlite3'}",
    "PORTAL_BASE_URL": "https://testserver",
    "PORTAL_FERNET_KEYS": FERNET_KEY,
    "PORTAL_AUDIT_KEY": "test-audit-" + "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "EMAIL_URL": "memorymail://",
    "MEDIA_ROOT": str(_root / "var" / "test-media"),
    "LOG_LEVEL": "DEBUG",
}
for _name, _value in _values.items():
    os.environ.setdefault(_name, _value)
(_root / "var").mkdir(exist_ok=True)

from portal.settings import *  # noqa: E402, F403

SECURE_SSL_REDIRECT = False  # the test client speaks http; a test of its own asks for the redirect
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT = _root / "var" / "test-static"  # WhiteNoise warns where it finds no folder
STATIC_ROOT.mkdir(exist_ok=True)

# A page has eight seconds for a statement; what tests do beside each other on a busy machine needs more.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=20min"  # noqa: F405

# Every process has a database of its own, so that two runs on one machine do not meet.
DATABASES["default"]["TEST"] = {"NAME": f"portal_test_{os.getpid()}"}  # noqa: F405
