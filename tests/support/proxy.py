"""The shipped configuration of Caddy, in front of a server on this machine."""

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from tests.packaging.surroundings import ROOT, ask, free_port

IN_CI = os.environ.get("CI") == "true"


def _program():
    found = shutil.which("caddy")
    if found is None and IN_CI:
        pytest.fail("No caddy: it has to be installed.")
    return found or pytest.skip("needs caddy")


HERE = ("admin off", "auto_https disable_redirects", "local_certs", "skip_install_trust")


def _configuration(port):
    """As shipped, but for a certificate of its own making and another place of the portal."""
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    changes = {"{\n\tservers {": "\n\t".join(("{", *HERE, "servers {")), "web:8000": f"127.0.0.1:{port}"}
    for shipped, here in changes.items():
        assert text.count(shipped) == 1
        text = text.replace(shipped, here)
    return text


@contextmanager
def caddy(folder, port):
    """The port on which it speaks TLS for portal.example."""
    program, own = _program(), free_port()
    (folder / "Caddyfile").write_text(_configuration(port))
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [program, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
            env={**os.environ, **home, "PORTAL_BASE_URL": f"https://portal.example:{own}"},
            stderr=log,
        )
    try:
        ask(own, "/")  # a 400, since it speaks TLS alone, but from somebody who listens
        yield own
    finally:
        running.terminate()
        running.wait(timeout=30)
