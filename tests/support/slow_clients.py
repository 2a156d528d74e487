"""Clients that send or read a byte at a time, and what ordinary visitors notice meanwhile."""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from dataclasses import dataclass, field

HOST = "portal.example"
TOKEN = "a" * 32
"""Well-formed, so that the sign-in page reads the form to compare it."""
FORM = (
    f"POST /accounts/login/ HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\n"
    f"Cookie: portal-csrf={TOKEN}; __Host-portal-csrf={TOKEN}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
)
VISITED = ("/livez", "/accounts/login/")
READ_BY = 15
"""Seconds after which a visitor gives up."""


@dataclass
class Report:
    """What visitors and slow clients met during an attack.

    ``waits`` holds the seconds that visitors waited, by path, and ``failures`` what they got instead of a
    page. ``cut`` holds the seconds after which slow clients were cut off, and ``left`` the seconds that
    others had lasted when the time was over, both by kind.
    """

    waits: dict = field(default_factory=lambda: defaultdict(list))
    failures: list = field(default_factory=list)
    cut: dict = field(default_factory=lambda: defaultdict(list))
    left: dict = field(default_factory=lambda: defaultdict(list))

    def longest_wait(self):
        return max(max(waits) for waits in self.waits.values())

    def ages(self, kind):
        return self.cut[kind] + self.left[kind]


class Attack:
    """Slow clients of each kind, which reconnect whenever they are cut off, for ``seconds``.

    ``tls`` is for a server that speaks TLS, with any certificate.
    """

    def __init__(self, port, *, seconds, every, tls=False, big="/static/vendor/bootstrap/bootstrap.min.css"):
        self.port, self.seconds, self.every, self.big = int(port), seconds, every, big
        self.tls = {"ssl": _trusting(), "server_hostname": HOST} if tls else {}
        self.report = Report()

    def run(self, **clients):
        """Run the attack with a number of clients for each kind: headers, bodies, readers.

        Returns the report.
        """
        asyncio.run(self._run(clients))
        return self.report

    async def _run(self, clients):
        self.until = asyncio.get_running_loop().time() + self.seconds
        async with asyncio.TaskGroup() as group:
            for kind, count in clients.items():
                for _ in range(count):
                    group.create_task(self._again_and_again(kind))
            await asyncio.sleep(1)
            for path in VISITED:
                group.create_task(self._visit(path))

    async def _again_and_again(self, kind):
        time = asyncio.get_running_loop().time
        while time() < self.until:
            began = time()
            reader, writer = await self._connected()
            try:
                cut = await getattr(self, f"_{kind}")(reader, writer)
            finally:
                writer.transport.abort()
            (self.report.cut if cut else self.report.left)[kind].append(time() - began)

    async def _headers(self, reader, writer):
        return await self._drip(b"GET / HTTP/1.1\r\nX-Slow: ", reader, writer)

    async def _bodies(self, reader, writer):
        writer.write(FORM.format(length=100_000).encode())
        return await self._drip(b"login=", reader, writer)

    async def _readers(self, reader, writer):
        """Request more than the two sides can buffer, and read next to nothing."""
        writer.write(f"GET {self.big} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode() * 120)
        while asyncio.get_running_loop().time() < self.until:
            await asyncio.sleep(self.every)
            try:
                if not await reader.read(1):
                    return True
            except OSError:
                return True
        return False

    async def _drip(self, text, reader, writer):
        """Send a byte at a time until the server cuts off or the time is over; returns whether it was cut."""
        gone = asyncio.ensure_future(reader.read(1))
        writer.write(text)
        while not gone.done() and asyncio.get_running_loop().time() < self.until:
            with contextlib.suppress(OSError):
                writer.write(b"a")
            await asyncio.wait({gone}, timeout=self.every)
        cut = gone.done()
        gone.cancel()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await gone
        return cut

    async def _visit(self, path):
        time = asyncio.get_running_loop().time
        while time() < self.until:
            began = time()
            try:
                async with asyncio.timeout(READ_BY):
                    status = await self._status(path)
                if status != 200:
                    self.report.failures.append((path, status))
            except (OSError, ValueError) as error:  # a timeout is an OSError
                self.report.failures.append((path, repr(error)))
            self.report.waits[path].append(time() - began)
            await asyncio.sleep(0.5)

    async def _status(self, path):
        reader, writer = await self._connected()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return int(answer[9:12])

    async def _connected(self):
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1024, **self.tls)


async def send_steadily(port, *, size, seconds, pieces=50):
    """Send a form of ``size`` bytes over ``seconds``; returns the status of the response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(FORM.format(length=size).encode())
    for _ in range(pieces):
        writer.write(b"a" * (size // pieces))
        await writer.drain()
        await asyncio.sleep(seconds / pieces)
    answer = await reader.read(12)
    writer.close()
    return int(answer[9:12])


def _trusting():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
