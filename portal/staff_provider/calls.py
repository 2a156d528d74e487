"""Calls to the sign-in provider: limited in time and size, and answered by a JSON object or not at all.

No redirect is followed and no proxy asked. Certificates are checked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from portal.outbox.exchanges import Exchange, http_connection

SECONDS: Final = 8.0
"""For all calls of one page together: a page answers within ten seconds."""
LARGEST: Final = 256 * 1024
"""Bytes of an answer."""
Answer = dict[str, Any]


class ProviderFailed(Exception):  # noqa: N818 — whoever signs in gets a page, the log says why
    """The provider did not answer, or with something that cannot be relied on."""


class Calls:
    """The calls of one page, which share a time limit."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + SECONDS

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a JSON object. Raises ProviderFailed."""
        return self._send("GET", url, None, headers or {})

    def post(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Post a form, and return the JSON object of the answer. Raises ProviderFailed."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", url, urlencode(fields).encode(), {**headers, **form})

    def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        parts, left = urlsplit(url), max(0.001, self._ends - time.monotonic())
        resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {**headers, "Accept": "application/json", "Connection": "close"}
        exchange = Exchange()
        connection = http_connection(parts, exchange, seconds=left)

        def speak() -> tuple[int, bytes]:
            connection.request(method, resource, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST + 1)

        try:
            status, text = exchange.hold(speak, left, close=connection.close)
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a host that cannot be one
            raise ProviderFailed(f"no answer: {type(error).__name__}") from error
        if status != 200:
            raise ProviderFailed(f"HTTP {status}")
        return _object_in(text)


def _object_in(text: bytes) -> Answer:
    try:
        found = json.loads(text) if len(text) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderFailed("the answer is no JSON object, or a very long one")
    return found
