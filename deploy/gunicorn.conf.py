"""How gunicorn serves the portal. WEB_CONCURRENCY sets the number of processes (2)."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "portal.server.connections.Worker"
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than a proxy keeps an idle connection, or it would send on one that just closed
# No max_requests: a process that is to be replaced takes no connections while it waits for its slowest.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats belong in memory; a slow disk would look like a hang
# The portal writes one line a request itself; a path here could carry the token of a letter.
accesslog = None
# Nobody steers the processes from inside the container.
control_socket_disable = True
