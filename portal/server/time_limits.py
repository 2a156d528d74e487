"""How long a client may take to send a request or to read an answer, and the portal to answer."""

from typing import Final

HEADERS_SECONDS: Final = 20.0
"""From the beginning of a connection, or of its next request, to the end of the headers."""
GRACE_SECONDS: Final = 20.0
BYTES_PER_SECOND: Final = 8_000.0
"""A body, or an answer that is read, may take the grace and one second more for each so many bytes:
64 kbit/s are enough, and one byte at a time is not."""
ANSWER_SECONDS: Final = 9.0
"""From the end of the request to the beginning of its answer; after that the answer is 503."""


def allowed_seconds(size: int) -> float:
    """How long ``size`` bytes may take on their way."""
    return GRACE_SECONDS + size / BYTES_PER_SECOND
