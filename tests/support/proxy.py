"""Caddy with the configuration that is shipped, in front of a server on localhost."""

import os
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager

from tests.packaging.surroundings import ROOT, ask, free_port
from tests.support.needs import program

HERE = ("admin off", "auto_https disable_redirects", "local_certs", "skip_install_trust")


def _configuration(port):
    """The shipped configuration, with a certificate that Caddy issues itself and the portal on ``port``."""
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    changes = {"{\n\tservers {": "\n\t".join(("{", *HERE, "servers {")), "web:8000": f"127.0.0.1:{port}"}
    for shipped, here in changes.items():
        assert text.count(shipped) == 1
        text = text.replace(shipped, here)
    return text


def speak_tls(port, patience=30):
    """A socket to Caddy, as soon as it has issued its certificate."""
    until = time.monotonic() + patience
    while True:
        plain = socket.create_connection(("127.0.0.1", int(port)), timeout=30)
        try:
            context = ssl._create_unverified_context()
            return context.wrap_socket(plain, server_hostname="portal.example")
        except ssl.SSLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def caddy(folder, port):
    """Run Caddy; yields the port on which it speaks TLS for portal.example."""
    own = free_port()
    (folder / "Caddyfile").write_text(_configuration(port))
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [program("caddy"), "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
            env={**os.environ, **home, "PORTAL_BASE_URL": f"https://portal.example:{own}"},
            stderr=log,
        )
    try:
        ask(own, "/")  # the answer is a 400, since it speaks only TLS, but it shows that Caddy listens
        yield own
    finally:
        running.terminate()
        running.wait(timeout=30)
