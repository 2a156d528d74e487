"""From whole requests to Django: an ASGI application that calls a WSGI one on its threads.

A body is read here, on the event loop, before a thread hears of it. A request that no thread could
begin or finish in time is answered 503; ``/livez`` has a thread of its own.
"""

import asyncio
import io
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

import structlog

from portal.observability import request_id
from portal.security import REFUSED
from portal.server.time_limits import ANSWER_SECONDS, allowed_seconds

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

BODIES_IN_MEMORY: Final = 64 * 1024 * 1024
"""Bytes of all bodies that a process holds in memory at a time."""
ALWAYS_IN_MEMORY: Final = 64 * 1024
"""Bytes of one body that are held in memory where more have been announced: the rest goes to a file."""
ALIVE: Final = "/livez"

log = structlog.stdlib.get_logger("portal.server")


class Refused(Exception):  # noqa: N818 — a status for the client, not a fault
    """The request does not reach a page; ``status`` is what the client is told."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Disconnected(Exception):  # noqa: N818 — the client went away, which is no fault
    """Nobody waits for an answer any more."""


@dataclass
class Answer:
    """What the WSGI application answers; ``status`` is set as soon as the answer begins."""

    status: int | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        """``start_response`` of PEP 3333, without ``write``, which Django does not use."""
        self.headers = [(name.encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
        self.status = int(status[:3])

    def tell_length(self) -> None:
        """The whole body is here, so there is no need for chunks, which HTTP/1.0 does not know."""
        if self.body and not any(name.lower() == b"content-length" for name, _ in self.headers):
            self.headers.append((b"Content-Length", str(len(self.body)).encode()))


class Gateway:
    """The ASGI application that stands in front of ``wsgi``, with so many threads a process.

    A body longer than ``longest_body`` bytes, or of unknown length, stays unread, for ``wsgi`` to refuse.
    Where an answer has not begun after ``answer_seconds``, ``wsgi`` is asked for a page about that.
    """

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        longest_body: int,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._wsgi = wsgi
        self._longest_body = longest_body
        self._answer_seconds = answer_seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._spare_thread = ThreadPoolExecutor(1, thread_name_prefix="spare")
        self._announced = 0
        """Bytes of all bodies that are being read or worked on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        try:
            with self._room_for(environ) as in_memory:
                answer = await self._answer(environ, receive, in_memory)
        except Disconnected:
            return
        except Refused as refused:
            answer = await self._refusal(environ, refused.status)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    @contextmanager
    def _room_for(self, environ: Environ) -> Iterator[int]:
        """How many bytes of the body may stay in memory; 0 where it is not read at all."""
        length = self._readable_length(environ)
        self._announced += length
        try:
            yield length if self._announced <= BODIES_IN_MEMORY else min(length, ALWAYS_IN_MEMORY)
        finally:
            self._announced -= length

    async def _answer(self, environ: Environ, receive: Receive, in_memory: int) -> Answer:
        """Raises Refused and Disconnected."""
        if environ["PATH_INFO"] == ALIVE:
            return await asyncio.wrap_future(self._spare_thread.submit(self._call, environ, Answer()))
        if in_memory:
            environ["wsgi.input"] = await _whole_body(receive, in_memory)
        answer = Answer()
        call = self._threads.submit(self._call, environ, answer)
        await asyncio.wait({asyncio.wrap_future(call)}, timeout=self._answer_seconds)
        if not call.done() and answer.status is None:
            _give_up(call, environ)
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        return await asyncio.wrap_future(call)

    async def _refusal(self, environ: Environ, status: HTTPStatus) -> Answer:
        """Django's own page about it, from the spare thread: all others may be waiting for something."""
        refused = {**environ, "wsgi.input": io.BytesIO(), REFUSED: status}
        answer = await asyncio.wrap_future(self._spare_thread.submit(self._call, refused, Answer()))
        answer.headers.append((b"Connection", b"close"))
        return answer

    def _readable_length(self, environ: Environ) -> int:
        length = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal():
            return 0
        return int(length) if int(length) <= self._longest_body else 0

    def _call(self, environ: Environ, answer: Answer) -> Answer:
        """In a thread: the whole answer, streamed ones included, so that no thread waits for a reader."""
        with environ["wsgi.input"]:
            chunks = self._wsgi(environ, answer.start)
            try:
                answer.body = b"".join(chunks)
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
        answer.tell_length()
        return answer


def environ_of(scope: Scope) -> Environ:
    """The WSGI environment (PEP 3333) of an ASGI request, without a body."""
    server, client = scope.get("server") or ("", None), scope.get("client") or ("", None)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in _headers(scope["headers"]):
        between = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{between}{value}" if name in environ else value
    environ["HTTP_X_REQUEST_ID"] = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    return environ


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    """Names as in CGI, so without those that contain an underscore: they would pass for others."""
    for name, value in raw:
        if b"_" not in name:
            key = name.decode("latin-1").upper().replace("-", "_")
            bare = key in ("CONTENT_LENGTH", "CONTENT_TYPE")
            yield key if bare else f"HTTP_{key}", value.decode("latin-1")


async def _whole_body(receive: Receive, in_memory: int) -> IO[bytes]:
    """The body, at its beginning. Raises Refused where it falls behind or cannot be kept, Disconnected."""
    with ExitStack() as otherwise_closed:
        body = otherwise_closed.enter_context(tempfile.SpooledTemporaryFile(in_memory))
        try:
            await _read_into(body, receive)
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        except OSError as error:
            log.error("body_not_kept", error=type(error).__name__)
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
        body.seek(0)
        otherwise_closed.pop_all()
    return body


async def _read_into(body: IO[bytes], receive: Receive) -> None:
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout_at(began + allowed_seconds(0)) as deadline:
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise Disconnected
            body.write(message["body"])
            more = message["more_body"]
            deadline.reschedule(began + allowed_seconds(body.tell()))


def _give_up(call: Future[Answer], environ: Environ) -> None:
    """Nobody waits for the call any more; one that no thread has begun is dropped."""
    if call.cancel():
        environ["wsgi.input"].close()
        return
    about = environ["HTTP_X_REQUEST_ID"]
    call.add_done_callback(lambda _: log.warning("late_answer_dropped", request_id=about))
