"""The part of a webhook that speaks to its target, signed after Standard Webhooks.

One deadline covers all of it, from looking up the name until the status line and headers are there. No
redirect is followed, no proxy asked, and the body of the answer is not read. Certificates are checked.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from portal.outbox.exchanges import Exchange, http_connection
from portal.outbox.kinds import NotAccepted

SECONDS = 5.0
USER_AGENT = "pleo-client-registration-portal"


def signed_headers(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a webhook, with a signature for each key in their order: HMAC-SHA256 over id, time
    and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post the JSON body. Raises NotAccepted for any answer but 2xx, OSError and HTTPException for none."""
    parts = urlsplit(url)
    resource = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {**headers, "Content-Type": "application/json", "User-Agent": USER_AGENT, "Connection": "close"}
    exchange = Exchange()
    connection = http_connection(parts, exchange, seconds=SECONDS)

    def speak() -> int:
        connection.request("POST", resource, body, sent)
        return connection.getresponse().status

    status = exchange.hold(speak, SECONDS, close=connection.close)
    if not 200 <= status < 300:
        raise NotAccepted(f"HTTP {status}")
