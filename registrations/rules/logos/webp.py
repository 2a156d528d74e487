"""Decodes WebP at the size that is stored.

Pillow reads a WebP through the decoder for animations, which needs four buffers of the whole picture: 280 MiB
for 4096×4096. The same library decodes a still picture row by row into a smaller one, so it is called
directly, and only in the child process that decodes logos. The structures are those of libwebp's
``decode.h``. Their layout depends on the interface version, which is passed first: a library with another
version returns an error.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Final, NamedTuple

from PIL import Image, _webp

_LIBRARY: Final = ctypes.CDLL(_webp.__file__)
"""The libwebp that is bundled with Pillow."""
_INTERFACE: Final = 0x0209
_COLOURS: Final = {"RGB": 0, "RGBA": 1}
_FIRST_CHUNK: Final = 12


class _Features(ctypes.Structure):
    _fields_ = [
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("has_alpha", ctypes.c_int),
        ("has_animation", ctypes.c_int),
        ("format", ctypes.c_int),
        ("pad", ctypes.c_uint32 * 5),
    ]


class _Rgba(ctypes.Structure):
    _fields_ = [("rgba", ctypes.c_void_p), ("stride", ctypes.c_int), ("size", ctypes.c_size_t)]


class _Yuva(ctypes.Structure):
    """Never used: it gives the union its size."""

    _fields_ = [
        ("planes", ctypes.c_void_p * 4),
        ("strides", ctypes.c_int * 4),
        ("sizes", ctypes.c_size_t * 4),
    ]


class _Pixels(ctypes.Union):
    _fields_ = [("rgba", _Rgba), ("yuva", _Yuva)]


class _Output(ctypes.Structure):
    _fields_ = [
        ("colours", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("is_external_memory", ctypes.c_int),
        ("pixels", _Pixels),
        ("pad", ctypes.c_uint32 * 4),
        ("private_memory", ctypes.c_void_p),
    ]


class _Options(ctypes.Structure):
    _fields_ = [
        ("before", ctypes.c_int * 7),
        ("use_scaling", ctypes.c_int),
        ("scaled_width", ctypes.c_int),
        ("scaled_height", ctypes.c_int),
        ("after", ctypes.c_int * 4),
        ("pad", ctypes.c_uint32 * 5),
    ]


class _Config(ctypes.Structure):
    _fields_ = [("input", _Features), ("output", _Output), ("options", _Options)]


class Notes(NamedTuple):
    """What the file holds besides the pixels."""

    frames: int
    exif: bytes
    profile: bytes


def size(raw: bytes) -> tuple[int, int]:
    """Width and height from the first chunk. Raises ``struct.error`` or ``ValueError``."""
    chunk = raw[_FIRST_CHUNK : _FIRST_CHUNK + 4]
    if chunk == b"VP8X":
        low, middle, high, other_low, other_middle, other_high = struct.unpack_from("<6B", raw, 24)
        width = 1 + low + (middle << 8) + (high << 16)
        return width, 1 + other_low + (other_middle << 8) + (other_high << 16)
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<2H", raw, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError(chunk)


def notes(raw: bytes) -> Notes:
    """Number of frames, EXIF data and colour profile, empty where there are none."""
    frames, found = 0, {b"EXIF": b"", b"ICCP": b""}
    place = _FIRST_CHUNK
    while place + 8 <= len(raw):
        name, length = struct.unpack_from("<4sI", raw, place)
        frames += name == b"ANMF"
        if name in found:
            found[name] = raw[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    return Notes(max(1, frames), found[b"EXIF"], found[b"ICCP"])


def decode(raw: bytes, width: int, height: int) -> Image.Image:
    """The still picture, scaled to ``width`` and ``height``. Raises ``OSError`` if it cannot be read."""
    config = _Config()
    if not _LIBRARY.WebPInitDecoderConfigInternal(ctypes.byref(config), _INTERFACE):
        raise OSError("libwebp has another interface")
    features = ctypes.byref(config, _Config.input.offset)
    length = ctypes.c_size_t(len(raw))
    if status := _LIBRARY.WebPGetFeaturesInternal(raw, length, features, _INTERFACE):
        raise OSError(f"libwebp: status {status}")
    mode = "RGBA" if config.input.has_alpha else "RGB"
    stride = width * len(mode)
    target = ctypes.create_string_buffer(stride * height)
    config.options.use_scaling, config.options.scaled_width, config.options.scaled_height = 1, width, height
    config.output.colours, config.output.is_external_memory = _COLOURS[mode], 1
    config.output.pixels.rgba = _Rgba(ctypes.addressof(target), stride, len(target))
    if status := _LIBRARY.WebPDecode(raw, length, ctypes.byref(config)):
        raise OSError(f"libwebp: status {status}")
    return Image.frombytes(mode, (width, height), target.raw)
