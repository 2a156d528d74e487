"""How gunicorn serves the portal. WEB_CONCURRENCY sets the number of processes (2)."""

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
keepalive = 75  # longer than a proxy keeps an idle connection, or it would send on one that just closed
# No max_requests: a process that is to be replaced takes no connections while it waits for its slowest.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats belong in memory; a slow disk would look like a hang
# The portal writes one line a request itself; a path here could carry the token of an email.
accesslog = None
# Nobody steers the processes from inside the container.
control_socket_disable = True


def post_fork(server, worker):
    """Let the new process read all code of the portal itself, so that SIGHUP brings a new release."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "portal"]:
        del sys.modules[name]
