"""A certificate authority and TLS servers on this machine, for checks that really connect."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "client.example"
GIVES_UP_AFTER = 32 * 1024 * 1024
"""Bytes of an endless answer: nobody waits for a test that fails."""


class Authority:
    """Signs certificates, and is trusted by nobody who is not told to."""

    def __init__(self, folder):
        self.folder = folder
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), _name("Test authority")
        self.path = folder / "authority.pem"
        builder = _builder(self.name, self.name, self.key, -1, 1)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.path.write_bytes(_pem(builder.sign(self.key, hashes.SHA256())))

    def trust(self):
        """A context that trusts this authority alone."""
        return ssl.create_default_context(cafile=str(self.path))

    def context(self, host=HOST, *, begins=-1, ends=1):
        """What a server of that name presents; validity in days from now."""
        key, path = ec.generate_private_key(ec.SECP256R1()), self.folder / f"{host}{begins}{ends}.pem"
        builder = _builder(_name(host), self.name, key, begins, ends)
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signed = builder.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + _pem(signed))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, key, begins, ends):
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
    )


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Server:
    """Answers each connection with ``pieces(server)``, sent one by one.

    ``visits`` counts connections, ``requests`` is what came after TLS, ``names`` the SNI.
    """

    def __init__(self, context, pieces):
        self.context, self.pieces = context, pieces
        self.visits, self.requests, self.names = 0, [], []
        self.gave_up, self.stopped = False, threading.Event()
        if context is not None:
            context.sni_callback = lambda line, name, _: self.names.append(name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def pause(self):
        """Between two pieces of an answer that drips; over at once when the test is."""
        return self.stopped.wait(0.05)

    def _serve(self):
        while not self.stopped.is_set():
            with suppress(OSError):
                line, _ = self.listener.accept()
                with line:
                    self.visits += 1
                    self._comments(line)

    def _comments(self, plain):
        if self.context is None:
            plain.recv(1)
            self.stopped.wait(20)
            return
        plain.settimeout(20)
        with self.context.wrap_socket(plain, server_side=True) as line:
            request = self._request(line)
            self.requests.append(request)
            sent = 0
            for piece in self.pieces(self) if request else ():
                line.sendall(piece)
                sent += len(piece)
                if sent > GIVES_UP_AFTER:
                    self.gave_up = True
                    return

    def _request(self, line):
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            some = line.recv(4096)
            if not some:
                break
            request += some
        return request


@contextmanager
def serving(context, *pieces, made_by=None):
    """A server that sends the pieces, or what ``made_by(server)`` yields.

    Without a context it takes connections and never says a word.
    """
    server = Server(context, made_by or (lambda _: pieces))
    server.thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        with suppress(OSError):
            server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        server.thread.join()
