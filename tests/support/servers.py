"""The portal's own processes, started for a test."""

import signal
import subprocess
from contextlib import contextmanager

from tests.packaging.surroundings import ROOT, ask, free_port, production, run

ENTRY = "deploy/entrypoint.sh"


def migrated_env(folder, **changes):
    """An environment whose database is ready. With DEBUG: over http, without collected static files."""
    env = production(folder, PORT=free_port(), DEBUG="true", **changes)
    assert run(ENTRY, "migrate", env=env).returncode == 0
    return env


@contextmanager
def web_server(env):
    """Run the web server; yields the port on which it answers."""
    web = subprocess.Popen([ENTRY, "web"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        ask(env["PORT"], "/livez")
        yield env["PORT"]
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(timeout=60)
