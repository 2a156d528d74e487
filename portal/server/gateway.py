"""From whole requests to Django: an ASGI application that calls a WSGI one on its threads.

A body is read here, on the event loop, before a thread hears of it. A request that no thread could
begin or finish in time is answered 503; ``/livez`` has a thread of its own.
"""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import structlog

from portal.observability import BEGAN, request_id
from portal.security import REFUSED
from portal.server.bodies import Bodies, Disconnected, Receive, Refused
from portal.server.time_limits import ANSWER_SECONDS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

ALIVE: Final = "/livez"

log = structlog.stdlib.get_logger("portal.server")


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

    def tell_length(self, method: str) -> None:
        """The whole body is here, so there is no need for chunks, which HTTP/1.0 does not know."""
        has_none = method == "HEAD" or self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if not has_none and not any(name.lower() == b"content-length" for name, _ in self.headers):
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
        self._bodies = Bodies()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        # Two that wait for nothing: whatever they do asks neither database nor cache.
        self._alive_thread = ThreadPoolExecutor(1, thread_name_prefix="livez")
        self._refusal_thread = ThreadPoolExecutor(1, thread_name_prefix="refusal")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        try:
            answer = await self._answer(environ, receive)
        except Disconnected:
            return
        except Refused as refused:
            answer = await self._refusal(environ, refused.status)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, environ: Environ, receive: Receive) -> Answer:
        """Raises Refused and Disconnected."""
        if environ["PATH_INFO"] == ALIVE and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            environ.pop("HTTP_COOKIE", None)  # or somebody's session might be looked up
            return await self._on(self._alive_thread, environ)
        async with self._bodies.whole(receive, self._length_to_read(environ)) as body:
            environ["wsgi.input"] = body
            answer = Answer()
            call = self._threads.submit(self._call, environ, answer)
            await asyncio.wait({asyncio.wrap_future(call)}, timeout=self._answer_seconds)
            if not call.done() and answer.status is None:
                _give_up(call, environ)
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            return await asyncio.wrap_future(call)

    async def _refusal(self, environ: Environ, status: HTTPStatus) -> Answer:
        """Django's own page about it: all other threads may be waiting for something."""
        answer = await self._on(
            self._refusal_thread, {**environ, "wsgi.input": io.BytesIO(), REFUSED: status}
        )
        answer.headers.append((b"Connection", b"close"))
        return answer

    async def _on(self, thread: ThreadPoolExecutor, environ: Environ) -> Answer:
        return await asyncio.wrap_future(thread.submit(self._call, environ, Answer()))

    def _length_to_read(self, environ: Environ) -> int:
        """Bytes of the body; 0 where there is none, and where it is left unread."""
        length = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal():
            return 0
        return int(length) if int(length) <= self._longest_body else 0

    def _call(self, environ: Environ, answer: Answer) -> Answer:
        """In a thread: the whole answer, streamed ones included, so that no thread waits for a reader."""
        chunks = self._wsgi(environ, answer.start)
        try:
            answer.body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        answer.tell_length(environ["REQUEST_METHOD"])
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
        BEGAN: time.perf_counter(),
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


def _give_up(call: Future[Answer], environ: Environ) -> None:
    """Nobody waits for the call any more; one that no thread has begun is dropped."""
    about = environ["HTTP_X_REQUEST_ID"]
    if not call.cancel():
        call.add_done_callback(lambda _: log.warning("late_answer_dropped", request_id=about))
