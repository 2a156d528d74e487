"""Decodes a picture to bare pixels: upright, in sRGB, no larger than the stored size (L-08).

Nothing of the file is kept but its pixels. A damaged file raises one of :data:`DECODER_ERRORS`.
"""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, Final

from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from registrations.rules.logos.containers import Header, png, webp_header

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
"""What Pillow is known to raise on damaged bytes; ``OSError`` is the usual one. Damaged EXIF data and colour
profiles are ignored."""
_ORIENTATION: Final = 0x0112
_TILE: Final = 64
"""Pixels of the stored picture on a side."""
_OPAQUE: Final = (255, 255)
_CLEAR: Final = (0, 0)
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


Look = Callable[[Header], None]
_FILES: Final[Mapping[str, Callable[[IO[bytes]], ImageFile]]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "WEBP": WebPImageFile,
}
"""Asked directly: ``Image.open`` takes a JPEG that lists further pictures for an animation."""


def read(raw: bytes, kind: str, look: Look) -> Image.Image:
    """Decode ``raw`` with the one decoder ``kind``; ``look`` sees the header first and may raise.

    A JPEG's size is read by its decoder, which opens lazily; the others' before their decoders start. A JPEG
    that carries further pictures, as cameras write it, is its first one.
    """
    info: dict[str, Any] = {}
    if kind == "PNG":
        header, raw, info = png(raw)
        look(header)
    elif kind == "WEBP":
        look(webp_header(raw))
    with _FILES[kind](io.BytesIO(raw)) as image:
        look(Header(kind, *image.size, getattr(image, "n_frames", 1)))
        image.draft(image.mode, (STORED_SIDE, STORED_SIDE))
        image.load()
        image.info.update(info)
        picture, turn = _in_srgb(_shrunk(image), image.info.get("icc_profile")), None
        with suppress(*DECODER_ERRORS):
            turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    bare = Image.new(picture.mode, picture.size)  # a new picture carries no metadata of the file
    bare.paste(picture)
    return bare if turn is None else bare.transpose(turn)


def within(width: int, height: int, side: int) -> tuple[int, int]:
    """The size scaled down to a longer side of at most ``side`` pixels."""
    longer = max(width, height, side)
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture at the stored size.

    It is divided by a whole number tile by tile, so that there is never a second copy of a large picture, and
    then shrunk the rest of the way at once. Most tiles of a logo are fully opaque or fully clear. Weighing
    colours by their transparency is slow, so it happens only where a tile is mixed.
    """
    factor = max(1, max(image.size) // STORED_SIDE)
    size = -(-image.width // factor), -(-image.height // factor)
    small = Image.new(_plain(image.crop((0, 0, 1, 1))).mode, size)
    step = _TILE * factor
    for top, left in itertools.product(range(0, image.height, step), range(0, image.width, step)):
        box = left, top, min(left + step, image.width), min(top + step, image.height)
        if tile := _reduced(_plain(image.crop(box)), factor):
            small.paste(tile, (left // factor, top // factor))
    if small.mode == "RGBA" and small.getchannel("A").getextrema() == _OPAQUE:
        small = small.convert("RGB")
    if max(size) > STORED_SIDE:
        small.thumbnail((STORED_SIDE, STORED_SIDE), Image.Resampling.LANCZOS)
    return small


def _reduced(tile: Image.Image, factor: int) -> Image.Image | None:
    """The tile divided by ``factor``; nothing if there is nothing in it to see."""
    if tile.mode != "RGBA":
        return tile.reduce(factor)
    *colours, alpha = tile.split()
    transparency = alpha.getextrema()
    if transparency == _CLEAR:
        return None
    if transparency == _OPAQUE:
        return Image.merge("RGB", [band.reduce(factor) for band in colours])
    return tile.reduce(factor)


def _plain(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged.

    That is without palette, of eight bits, and RGBA where there is transparency.
    """
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image.convert("RGB") if image.mode in {"1", "P"} else image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """As RGB, or RGBA where it is transparent somewhere, in the sRGB colour space.

    A profile that is damaged or meant for another mode is ignored.
    """
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    colours = None
    if profile:
        plain = image.convert("RGB") if mode == "RGBA" else image
        with suppress(*DECODER_ERRORS):
            source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            colours = ImageCms.profileToProfile(plain, source, srgb, outputMode="RGB")
    if colours is None:
        return image if image.mode == mode else image.convert(mode)
    if mode == "RGBA":
        colours.putalpha(image.getchannel("A"))
    return colours
