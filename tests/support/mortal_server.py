"""A real server with a process for each request, which a request can tell to die; for tests only.

A request with ``X-Dies-At: 7`` ends with SIGKILL in place of its seventh statement. COMMIT counts as one, and
so does the moment between the last statement and the response. The response to a request that survives
carries the number of statements as ``X-Statements``.
"""

import os
import signal
import sys
from socketserver import ForkingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connection, connections


class Countdown:
    """Counts statements, and kills the process in place of number ``dies_at``."""

    def __init__(self, dies_at):
        self.dies_at, self.seen = dies_at, 0

    def step(self):
        self.seen += 1
        if self.seen == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute, *statement):
        self.step()
        return execute(*statement)


def mortal(application):
    """Wrap the application so that it dies where the request says."""

    def answer(environ, start_response):
        countdown = Countdown(int(environ.get("HTTP_X_DIES_AT", 0)))
        commit = connection._commit

        def commit_or_die():
            countdown.step()
            commit()

        def start(status, headers, *error):
            return start_response(status, [*headers, ("X-Statements", str(countdown.seen))], *error)

        connection._commit = commit_or_die
        with connection.execute_wrapper(countdown):
            body = application(environ, start)
            countdown.step()
        return body

    return answer


class ForkingServer(ForkingMixIn, WSGIServer):
    """Serves each request in a process of its own, so that a death ends only that request."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Log nothing: the test reads the responses."""


def serve():
    """Print the port on the first line, and serve until stopped."""
    application = mortal(get_wsgi_application())
    connections.close_all()
    with make_server("127.0.0.1", 0, application, ForkingServer, Quiet) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(serve())
