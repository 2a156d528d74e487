"""What a file says of itself, read before a decoder of pixels starts.

Of a PNG the decoder sees only the chunks that make pixels. Everything else, which may be damaged or unfold
into far more than the file, is skipped unread; the colour profile and EXIF data are read here, up to a limit.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from typing import Any, Final, NamedTuple

MOST_EXIF: Final = 64 * 1024
"""Bytes: as many as fit into a JPEG."""
MOST_PROFILE: Final = 1024 * 1024
"""Bytes of a colour profile when it is unpacked."""
_IHDR: Final = b"\0\0\0\x0dIHDR"
_FIRST_CHUNK: Final = 12
_PIXELS: Final = (b"PLTE", b"tRNS", b"IDAT", b"IEND")
_GREY_OR_RGB: Final = {0: 1, 2: 3}
"""The number of levels in a transparent colour, by the type of colour in a PNG."""


_LAST_PARTS: Final = {"PNG": (b"IDAT", b"IEND"), "JPEG": (b"\xff\xda", b"\xff\xd9")}
"""How the last part of the picture begins, and the end of the file."""


class Header(NamedTuple):
    """The kind of file, the size in pixels and the number of frames."""

    kind: str
    width: int
    height: int
    frames: int = 1


class Png(NamedTuple):
    """The header, the bytes for the decoder, and what else counts, named as Pillow names it."""

    header: Header
    bare: bytes
    info: dict[str, Any]


def png(raw: bytes) -> Png:
    """Raises ``struct.error``, or ``ValueError`` where the size does not come first."""
    if raw[8:16] != _IHDR:
        raise ValueError(raw[8:16])
    place, bare, others = 33, [raw[:33]], dict[bytes, bytes]()
    while place + 8 <= len(raw):
        length, name = struct.unpack_from(">I4s", raw, place)
        start, place = place, place + 8 + length + 4
        if name in _PIXELS:
            bare.append(raw[start:place])
        if name not in (b"IDAT", b"IEND"):
            others.setdefault(name, raw[start + 8 : place - 4])
        if name == b"IEND":
            break
    width, height, depth, colour = struct.unpack_from(">2I2B", raw, 16)
    planned = int.from_bytes(others.get(b"acTL", b"")[:4], "big")
    frames = max(planned, 1) + (b"fdAT" in others)
    info: dict[str, Any] = {"exif": others.get(b"eXIf", b"")[:MOST_EXIF]}
    info["icc_profile"] = _profile(others.get(b"iCCP", b""))
    if b"tRNS" in others and colour in _GREY_OR_RGB:
        info["transparency"] = _transparent(others[b"tRNS"], _GREY_OR_RGB[colour], depth)
    return Png(Header("PNG", width, height, frames), b"".join(bare), info)


def _profile(chunk: bytes) -> bytes:
    """The unpacked colour profile; empty where it is damaged or too large."""
    packer, packed = zlib.decompressobj(), chunk.partition(b"\0")[2][1:]
    with suppress(zlib.error):
        profile = packer.decompress(packed, MOST_PROFILE)
        return profile if packer.eof else b""
    return b""


def _transparent(chunk: bytes, levels: int, depth: int) -> int | tuple[int, ...]:
    """The colour that is transparent, at the eight bits of a decoded picture: of sixteen, the upper eight."""
    most = 2**depth - 1
    colour = struct.unpack_from(f">{levels}H", chunk)
    colour = tuple(one >> 8 if depth == 16 else (one & most) * 255 // most for one in colour)
    return colour if levels > 1 else colour[0]


def webp_header(raw: bytes) -> Header:
    """The size from the first chunk. Raises ``struct.error`` or ``ValueError``."""
    chunk = raw[_FIRST_CHUNK : _FIRST_CHUNK + 4]
    if chunk == b"VP8X":
        sides = raw[24:27], raw[27:30]
        return Header("WEBP", *(1 + int.from_bytes(side, "little") for side in sides))
    if chunk == b"VP8L" and raw[20:21] == b"\x2f":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return Header("WEBP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 " and raw[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<2H", raw, 26)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise ValueError(chunk)


def is_cut_short(raw: bytes, kind: str) -> bool:
    """Whether a file that cannot be decoded lacks its end."""
    if kind == "WEBP":
        return len(raw) < 8 + int.from_bytes(raw[4:8], "little")
    last, end = _LAST_PARTS[kind]
    return raw.rfind(end) <= raw.rfind(last)
