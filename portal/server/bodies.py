"""Reads request bodies on the event loop, within limits on time and memory."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from portal.server.time_limits import allowed_seconds

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MEMORY: Final = 64 * 1024 * 1024
"""Bytes of all bodies, arriving or being handled, that one process holds at a time."""


class Refused(Exception):  # noqa: N818 — a status for the client, not a fault
    """The server refuses the request itself, with this ``status``."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Disconnected(Exception):  # noqa: N818 — the client went away, which is no fault
    """The client closed the connection before its request was complete."""


class Bodies:
    """All request bodies that a process holds, limited to ``memory`` bytes.

    When they exceed it, the body that has been arriving for the longest time is dropped, because a client
    that is slow on purpose has been there longer than anybody else.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._held = 0
        self._arriving: dict[asyncio.Timeout, io.BytesIO] = {}
        """The incomplete bodies by their deadlines, oldest first."""

    @asynccontextmanager
    async def whole(self, receive: Receive, length: int) -> AsyncIterator[io.BytesIO]:
        """Read the whole body and yield it at position 0; it counts as held while the block runs.

        Raises Refused with 408 if the body arrives too slowly and 503 if there is no room for it, and
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
            self._held += body.getbuffer().nbytes  # `_make_room` has already subtracted them
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from None
        finally:
            self._arriving.pop(deadline, None)

    def _make_room(self, own: asyncio.Timeout) -> None:
        """Drop the oldest other body if memory is full. Raises Refused with 503 if there is none.

        Its bytes are subtracted at once; its task notices the next time it waits.
        """
        if self._held > self._memory:
            oldest = next((deadline for deadline in self._arriving if deadline is not own), None)
            if oldest is None:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            self._held -= self._arriving.pop(oldest).getbuffer().nbytes
            oldest.reschedule(asyncio.get_running_loop().time())
