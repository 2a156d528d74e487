"""The portal's own processes, started for a test."""

import shutil
import signal
import subprocess
from contextlib import contextmanager

from tests.packaging.surroundings import ROOT, ask, free_port, production

ENTRY = "deploy/entrypoint.sh"


def ready_env(folder, migrated_file, **changes):
    """An environment whose database is ready. With DEBUG: over http, without collected static files."""
    shutil.copy(migrated_file, folder / "portal.sqlite3")
    return production(folder, PORT=free_port(), DEBUG="true", **changes)


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
