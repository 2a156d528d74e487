"""What a file says of itself, read before a decoder of pixels starts."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_FIRST_CHUNK: Final = 12


class Header(NamedTuple):
    """The kind of file, the size in pixels and the number of frames."""

    kind: str
    width: int
    height: int
    frames: int = 1


def webp_header(raw: bytes) -> Header:
    """The size from the first chunk. Raises ``struct.error`` or ``ValueError``."""
    chunk = raw[_FIRST_CHUNK : _FIRST_CHUNK + 4]
    if chunk == b"VP8X":
        sides = raw[24:27], raw[27:30]
        return Header("WEBP", *(1 + int.from_bytes(side, "little") for side in sides))
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return Header("WEBP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<2H", raw, 26)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise ValueError(chunk)
