"""An ASGI application that reads whole requests and then calls a WSGI application on a thread.

The body is read on the event loop before a thread gets the request. A request that no thread could
start or finish in time is answered with 503; ``/livez`` has its own thread.
"""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
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
    """The WSGI application's response; ``status`` is set as soon as it begins."""

    status: int | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        """``start_response`` of PEP 3333, without ``write``, which Django does not use."""
        self.headers = [(name.encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
        self.status = int(status[:3])

    def tell_length(self, method: str) -> None:
        """Add Content-Length, since the whole body is known and HTTP/1.0 has no chunked encoding."""
        has_none = method == "HEAD" or self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if not has_none and not any(name.lower() == b"content-length" for name, _ in self.headers):
            self.headers.append((b"Content-Length", str(len(self.body)).encode()))


class Gateway:
    """The ASGI application in front of ``wsgi``, with ``threads`` threads per process.

    A body of unknown length is left unread, and so is one longer than ``longest_body`` bytes if
    ``is_too_long``, which a thread is asked before the body is read, says so; ``wsgi`` refuses both. If an
    answer has not begun after ``answer_seconds``, ``wsgi`` renders the 503 page instead.
    """

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        longest_body: int,
        is_too_long: Callable[[Environ, int], bool] = lambda environ, length: True,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._wsgi = wsgi
        self._longest_body = longest_body
        self._is_too_long = is_too_long
        self._answer_seconds = answer_seconds
        self._bodies = Bodies()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        # What these two threads run never waits: it uses neither the database nor the cache.
        self._alive_thread = ThreadPoolExecutor(1, thread_name_prefix="livez")
        self._refusal_thread = ThreadPoolExecutor(1, thread_name_prefix="refusal")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        try:
            answer = await self._answer(environ, receive)
        except Disconnected:
            return
        except Refused as refused:
            # Django's page for it, on its own thread because all others may be busy.
            bodiless = {**environ, "wsgi.input": io.BytesIO(), REFUSED: refused.status}
            answer = await self._on(self._refusal_thread, bodiless)
            answer.headers.append((b"Connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, environ: Environ, receive: Receive) -> Answer:
        """Read the body and call ``wsgi`` on a thread. Raises Refused and Disconnected."""
        if environ["PATH_INFO"] == ALIVE and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            environ.pop("HTTP_COOKIE", None)  # so that no session is read from the database
            return await self._on(self._alive_thread, environ)
        async with self._bodies.whole(receive, await self._length_to_read(environ)) as body:
            environ["wsgi.input"] = body
            answer = Answer()
            call = self._threads.submit(self._call, environ, answer)
            await asyncio.wait({asyncio.wrap_future(call)}, timeout=self._answer_seconds)
            if not call.done() and answer.status is None:
                if not call.cancel():  # it runs already
                    about = environ["HTTP_X_REQUEST_ID"]
                    call.add_done_callback(lambda _: log.warning("late_answer_dropped", request_id=about))
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            return await asyncio.wrap_future(call)

    async def _on(self, thread: ThreadPoolExecutor, environ: Environ) -> Answer:
        return await asyncio.wrap_future(thread.submit(self._call, environ, Answer()))

    async def _length_to_read(self, environ: Environ) -> int:
        """Bytes of the body to read; 0 if there is none or if it is left unread. Raises Refused with 503."""
        given = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" in environ or not given.isdecimal():
            return 0
        length = int(given)
        if length <= self._longest_body:
            return length
        asked = asyncio.wrap_future(self._threads.submit(self._is_too_long, dict(environ), length))
        try:
            return 0 if await asyncio.wait_for(asked, self._answer_seconds) else length
        except TimeoutError:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None

    def _call(self, environ: Environ, answer: Answer) -> Answer:
        """Collect the whole answer in a thread, even a streamed one, so no thread waits for a client."""
        chunks = self._wsgi(environ, answer.start)
        try:
            answer.body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        answer.tell_length(environ["REQUEST_METHOD"])
        return answer


def environ_of(scope: Scope) -> Environ:
    """Convert an ASGI scope to a WSGI environment (PEP 3333), without a body."""
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
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # could pass for a header with a hyphen
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        name = name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"
        between = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{between}{value}" if name in environ else value
    environ["HTTP_X_REQUEST_ID"] = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
    return environ
