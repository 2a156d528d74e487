"""A server on this machine that takes webhooks, or does something else with them."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebhookServer(ThreadingHTTPServer):
    """Answers each request with ``status``, or as ``then(handler)`` does; keeps what was sent to it."""

    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.then, self.received, self.is_left = 204, None, [], threading.Event()
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.scheme = "https" if context else "http"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/hooks?of=portal"

    def handle_error(self, request, client_address):
        """Whoever hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers, body))
        if self.server.then:
            try:
                self.server.then(self)
            finally:
                self.server.is_left.set()
            return
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        """Only whoever follows a redirect asks like this."""
        self.server.received.append((self.path, self.headers, b""))

    def log_message(self, *words):
        pass


def hangs(handler):
    """Stay silent until the client leaves."""
    while handler.rfile.read(1):
        pass


def drips(handler):
    """Answer without end, byte by byte, each well before the time limit."""
    while True:
        handler.wfile.write(b"H")
        handler.server.is_left.wait(0.02)


@contextmanager
def webhook_server(context=None):
    with WebhookServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
