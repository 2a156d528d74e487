"""Real mail servers on localhost: one that works, and some that make a client wait."""

import socketserver
import threading
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP until the step ``until``, then does what ``then`` does with the connection.

    The steps are GREETING, EHLO, MAIL, RCPT, DATA, the end of the email as ``.``, and QUIT.
    """

    allow_reuse_address = True

    def __init__(self, until=None, then=None):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.until, self.then = until, then
        self.emails, self.is_asked, self.is_left = [], threading.Event(), threading.Event()

    @property
    def port(self):
        return self.server_address[1]


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            if self._step("GREETING", "220 mail.example"):
                while line := self.rfile.readline():
                    if not self._answer(line.decode().strip()):
                        break
        except OSError:  # the client has left
            pass
        self.server.is_left.set()

    def _answer(self, line):
        verb = line[:4].upper()
        if verb != "DATA":
            answer = {"EHLO": "250 mail.example", "QUIT": "221 Goodbye"}.get(verb, "250 OK")
            return self._step(verb, answer) and verb != "QUIT"
        if not self._step("DATA", "354 Go on"):
            return False
        email = b"".join(iter(self.rfile.readline, b".\r\n"))
        if not self._step(".", "250 Taken over"):
            return False
        self.server.emails.append(email.decode())
        return True

    def _step(self, step, answer):
        if step != self.server.until:
            self.wfile.write(f"{answer}\r\n".encode())
            return True
        self.server.is_asked.set()
        self.server.then(self)
        return False


def says_nothing(conversation):
    """Stay silent until the client leaves."""
    while conversation.rfile.readline():
        pass


def drips(conversation):
    """Answer without end, byte by byte: each byte comes well before a client's timeout."""
    while True:
        for byte in b"250-wait\r\n":
            conversation.wfile.write(bytes([byte]))
            conversation.server.is_left.wait(0.02)


@contextmanager
def mail_server(until=None, then=None):
    with MailServer(until, then) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
