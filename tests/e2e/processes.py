"""The authorization server and the partner's client of ``e2e/``, each a process of its own."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from functools import cache

from tests.packaging.surroundings import ROOT
from tests.support.databases import database_url
from tests.support.needs import missing, program

FOLDER = ROOT / "e2e"
KEY = b"0123456789abcdef" * 2
WEBHOOK_KEY = f"whsec_{b64encode(KEY).decode()}"
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}


@cache
def node_20():
    """The path of Node; without one that is new enough the test fails or is skipped."""
    path = program("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return path if int(version.lstrip("v").partition(".")[0]) >= 20 else missing("Node 20 or later")


@contextmanager
def process(*command, **options):
    """Run it; leaving the ``with`` block stops it."""
    with subprocess.Popen(command, cwd=ROOT, **options) as running:
        try:
            yield running
        finally:
            running.terminate()


def node(script, *, days_ahead=0, **environment):
    """A script of ``e2e/``, which talks through its pipes. It may live some days later."""
    if not (FOLDER / "node_modules").exists():
        missing("the packages of e2e/, which `make e2e` installs")
    shift = f"data:text/javascript,const now = Date.now; Date.now = () => now() + {days_ahead} * 86400000;"
    command = (node_20(), "--import", shift, str(FOLDER / script))
    return process(*command, env={"PATH": os.environ["PATH"]} | environment, **PIPES)


@contextmanager
def worker(portal, webhooks):
    """The portal's worker on the database of the test, once it is at work.

    It sends webhooks to that address, if there is one.
    """
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "true",
        "DATABASE_URL": database_url(),
        "PORTAL_BASE_URL": portal,
        **(
            {"PORTAL_WEBHOOK_STAGING_URL": webhooks, "PORTAL_WEBHOOK_STAGING_KEYS": WEBHOOK_KEY}
            if webhooks
            else {}
        ),
    }
    command = (sys.executable, "manage.py", "worker")
    with process(*command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert any("worker_started" in line for line in running.stderr), "the worker did not start"
        yield running


class Partner:
    """A partner's client, with the right answers for one registration unless a test says otherwise."""

    def __init__(self, running, issuer):
        self._process, self._issuer = running, issuer

    def authorize(self, registration, secret, **changes):
        """What the client gets: the scope of its access token, or what it is refused with."""
        live = registration.revisions.live().get()
        asked = {
            "issuer": self._issuer,
            "client_id": str(registration.client_id),
            "client_secret": secret,
            "redirect_uri": live.uris()[0],
            "scope": "users:read",
            "challenge": "S256",
        } | changes
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
