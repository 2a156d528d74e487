"""Bodies of requests, read on the event loop: in time, and no more of them than fit in memory."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from portal.server.time_limits import allowed_seconds

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MEMORY: Final = 64 * 1024 * 1024
"""Bytes of all bodies that a process holds at a time: those that are arriving or being worked on."""


class Refused(Exception):  # noqa: N818 — a status for the client, not a fault
    """The request does not reach a page; ``status`` is what the client is told."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Disconnected(Exception):  # noqa: N818 — the client went away, which is no fault
    """Nobody waits for an answer any more."""


class Bodies:
    """All bodies of a process. Where they do not fit in ``memory``, the one that has been arriving for
    the longest time is given up: whoever is slow on purpose has been there longer than anybody else.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._held = 0
        self._arriving: dict[asyncio.Timeout, io.BytesIO] = {}
        """Those that are not complete, by their deadlines, the oldest first."""

    @asynccontextmanager
    async def whole(self, receive: Receive, length: int) -> AsyncIterator[io.BytesIO]:
        """The body of ``length`` bytes, at its beginning; it counts as held while the block runs.

        Raises Refused, with 408 where it falls behind and 503 where there is no room for it;
        Disconnected.
        """
        body = io.BytesIO()
        try:
            if length:
                await self._read_into(body, receive)
            body.seek(0)
            yield body
        finally:
            self._held -= body.getbuffer().nbytes

    async def _read_into(self, body: io.BytesIO, receive: Receive) -> None:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(began + allowed_seconds(0)) as deadline:
                self._arriving[deadline] = body
                more = True
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Disconnected
                    if deadline not in self._arriving:
                        raise TimeoutError
                    more = message["more_body"]
                    self._held += body.write(message["body"])
                    self._make_room(deadline)
                    deadline.reschedule(began + allowed_seconds(body.tell()))
        except TimeoutError:
            if deadline in self._arriving:
                raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
            self._held += body.getbuffer().nbytes  # which were let go before their time
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
        finally:
            self._arriving.pop(deadline, None)

    def _make_room(self, own: asyncio.Timeout) -> None:
        """Another's bytes count as let go at once; its task hears of it the next time that it waits."""
        if self._held > self._memory:
            oldest = next((deadline for deadline in self._arriving if deadline is not own), None)
            if oldest is None:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            self._held -= self._arriving.pop(oldest).getbuffer().nbytes
            oldest.reschedule(asyncio.get_running_loop().time())
