"""gunicorn's configuration. WEB_CONCURRENCY sets the number of processes (default 2)."""

import sys

from portal.boot import stop_web_unless_ready
from portal.environment import count, in_one_line
from portal.server_log import ServerLogger

with in_one_line():
    bind = f"0.0.0.0:{count('PORT', default=8000, least=1, most=65535)}"
    workers = count("WEB_CONCURRENCY", default=2, least=1, most=64)
stop_web_unless_ready()
logger_class = ServerLogger
worker_class = "portal.server.connections.Worker"
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than a proxy's, or the proxy might send a request on a connection just closed
# No max_requests: a process due for replacement accepts nothing while it waits for its slowest request.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats belong in memory; a slow disk would look like a hang
# The portal logs each request itself; a path in an access log could contain a token from an email.
accesslog = None
# Nothing controls the processes from inside the container.
control_socket_disable = True


def post_fork(server, worker):
    """Make each new process import the portal's code afresh, so that SIGHUP loads a new release."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "portal"]:
        del sys.modules[name]
