"""From the bytes of a picture to bare pixels: upright, in sRGB, no larger than we store (L-08).

Nothing of the file is kept but its pixels. What is damaged raises one of :data:`DECODER_ERRORS`.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

from PIL import Image, ImageCms

STORED_SIDE: Final = 1024
"""Pixels: longer sides are shrunk to this before encoding."""
DECODER_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImageCms.PyCMSError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow is known to raise on damaged bytes; ``OSError`` is the usual one."""
_ORIENTATION: Final = 0x0112
_STRIP: Final = 256
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Header(NamedTuple):
    """What is known before anything is decoded: size in pixels and number of frames."""

    width: int
    height: int
    frames: int


Look = Callable[[Header], None]


def read(raw: bytes, kind: str, look: Look) -> Image.Image:
    """Decode ``raw`` with the one decoder ``kind``; ``look`` sees the header first and may raise."""
    if kind in _SIZES:
        look(Header(*_SIZES[kind](raw), 1))
    with Image.open(io.BytesIO(raw), formats=(kind,)) as image:
        look(Header(*image.size, getattr(image, "n_frames", 1)))
        image.draft(image.mode, (STORED_SIDE, STORED_SIDE))
        image.load()
        turn = _turn(image)
        shrunk = _shrunk(_in_srgb(image))
    return shrunk if turn is None else shrunk.transpose(turn)


def _png_size(raw: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">2I", raw, 16)
    return width, height


def _webp_size(raw: bytes) -> tuple[int, int]:
    """From the first chunk, because the decoder allocates its canvas on opening."""
    chunk = raw[12:16]
    if chunk == b"VP8X":
        low, middle, high, other_low, other_middle, other_high = struct.unpack_from("<6B", raw, 24)
        return 1 + low + (middle << 8) + (high << 16), 1 + other_low + (other_middle << 8) + (
            other_high << 16
        )
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", raw, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<2H", raw, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError(chunk)


_SIZES: Final = {"PNG": _png_size, "WEBP": _webp_size}
"""Width and height from the first bytes; a JPEG's are found by its decoder, which opens lazily."""


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What EXIF's orientation asks for; damaged EXIF data turn nothing."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except DECODER_ERRORS:
        return None


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture as RGB, or RGBA where it is transparent somewhere, in the sRGB colour space."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA") if image.mode != "RGBA" else image
        return _with_alpha(image, profile) if profile else image
    converted = _converted(image, profile) if profile else None
    if converted is not None:
        return converted
    return image if image.mode == "RGB" else image.convert("RGB")


def _with_alpha(image: Image.Image, profile: bytes) -> Image.Image:
    colours = _converted(image.convert("RGB"), profile)
    if colours is None:
        return image
    colours.putalpha(image.getchannel("A"))
    return colours


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture in sRGB, ``None`` where its profile is damaged or meant for another mode."""
    plain = image.convert("RGB") if image.mode in {"1", "P", "PA"} else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except DECODER_ERRORS:
        return None


def _shrunk(image: Image.Image) -> Image.Image:
    """A new picture of bare pixels, its longer side at most :data:`STORED_SIDE`."""
    factor = max(image.size) // STORED_SIDE
    small = _reduced(image, factor) if factor > 1 else image
    if max(small.size) > STORED_SIDE:
        small = small.copy()
        small.thumbnail((STORED_SIDE, STORED_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    return bare


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """The picture divided by ``factor``, strip by strip: one copy of a large one is enough."""
    width, height = (-(-side // factor) for side in image.size)
    small = Image.new(image.mode, (width, height))
    for top in range(0, image.height, _STRIP * factor):
        bottom = min(top + _STRIP * factor, image.height)
        strip = image.crop((0, top, image.width, bottom)).reduce(factor)
        small.paste(strip, (0, top // factor))
    return small
