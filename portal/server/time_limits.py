"""Time limits for a client to send a request and read its answer, and for the portal to answer."""

from typing import Final

HEADERS_SECONDS: Final = 20.0
"""Limit from the start of a connection, or of its next request, to the end of the headers."""
GRACE_SECONDS: Final = 20.0
BYTES_PER_SECOND: Final = 8_000.0
"""A client may take GRACE_SECONDS, plus one second for every BYTES_PER_SECOND bytes, to send a body or
read an answer: 64 kbit/s is fast enough, one byte at a time is not."""
ANSWER_SECONDS: Final = 9.0
"""Limit from the end of a request to the beginning of its answer; after it, the answer is 503."""


def allowed_seconds(size: int) -> float:
    """How long a client may take to send or read ``size`` bytes."""
    return GRACE_SECONDS + size / BYTES_PER_SECOND
