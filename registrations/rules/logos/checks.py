"""The client's logo as a file: rules L-01 to L-09. Takes bytes, returns our own PNGs or findings.

This runs in a child process with limits: nothing here keeps state between calls, and :func:`accept` raises
for no input. The size is read from the header before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image

from registrations.rules.findings import Finding, Severity
from registrations.rules.logos import pixels as logo_pixels
from registrations.rules.logos import traits as logo_traits
from registrations.rules.logos.pixels import DECODER_ERRORS, Header
from registrations.rules.logos.traits import FIELD, LogoTraits

MAX_BYTES: Final = 1024 * 1024
MAX_SIDE: Final = 4096
"""The longest side of an upload, in pixels."""
MIN_SIDE: Final = 128
MAX_SCANS: Final = 100
"""Passes over the picture in a progressive JPEG; encoders write about ten, and each one costs the time of a
whole picture."""
SIDES: Final = (128, 256)
"""Sides in pixels of the smaller squares stored with the picture.

Pages show logos at 64 to 128 pixels, on screens of single and of double density.
"""
_SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s>/:]|<!doctype\s+svg", re.IGNORECASE)
_SVG_REACH: Final = 65536
_GZIP: Final = b"\x1f\x8b"
_SCAN: Final = b"\xff\xda"
UNREADABLE: Final = "We could not read this image. Save it again as PNG and upload that."


@dataclass(frozen=True, slots=True)
class AcceptedLogo:
    """Our own PNGs of bare pixels: the stored picture, and the smaller squares by side length."""

    png: bytes
    smaller: Mapping[int, bytes]
    traits: LogoTraits

    @property
    def digest(self) -> str:
        return digest_of(self.png)


def digest_of(png: bytes) -> str:
    """The SHA-256 in hex, by which a PNG is stored and served (L-11)."""
    return hashlib.sha256(png).hexdigest()


@dataclass(frozen=True, slots=True)
class LogoVerdict:
    """The findings about an upload, and the traits of the picture if it is accepted."""

    findings: tuple[Finding, ...]
    traits: LogoTraits | None = None


class _RefusalError(Exception):
    """Carries the finding that ends the inspection."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(rule)
        self.finding = Finding(rule, Severity.REJECT, FIELD, message)


def inspect(raw: bytes) -> LogoVerdict:
    """The rejection by the first broken rule, or else every warning."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return LogoVerdict(tuple(logo_traits.check(answer.traits)), answer.traits)
    return LogoVerdict(tuple(answer))


def reencode(raw: bytes) -> bytes:
    """Our own PNG of the picture (L-08). Raises ``ValueError`` with the rule's id if it is rejected."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return answer.png
    raise ValueError(answer[0].rule)


def accept(raw: bytes) -> AcceptedLogo | list[Finding]:
    """Check the bytes and encode the picture anew, or return the finding that rejects it."""
    try:
        return _accept(raw)
    except _RefusalError as refused:
        return [refused.finding]


def _accept(raw: bytes) -> AcceptedLogo:
    picture = _decoded(raw, _kind(raw))
    png = _encoded(picture)
    smaller = {side: _encoded(_square(picture, side)) if max(picture.size) > side else png for side in SIDES}
    return AcceptedLogo(png, smaller, LogoTraits(*picture.size, _is_blank(picture)))


def _kind(raw: bytes) -> str:
    """The picture's format, by the bytes alone: file name and declared type do not count (L-03, L-02,
    L-01)."""
    if len(raw) > MAX_BYTES:
        raise _RefusalError("L-03", "The file is larger than 1 MiB. Upload a smaller one.")
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    if _is_svg(raw):
        raise _RefusalError("L-02", "SVG is not accepted. Upload a PNG of 512×512 pixels or more.")
    raise _RefusalError("L-01", "Upload a PNG, JPEG or WebP image.")


def _is_svg(raw: bytes) -> bool:
    text = _unpacked(raw)[:_SVG_REACH]
    return bool(_SVG.search(text) or _SVG.search(text.replace(b"\0", b"")))


def _unpacked(raw: bytes) -> bytes:
    """The beginning of a gzipped file (``.svgz``), other bytes as they are."""
    if not raw.startswith(_GZIP):
        return raw
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, _SVG_REACH)
    except zlib.error:
        return b""


def _check_header(header: Header) -> None:
    """Check size and number of frames: L-04, L-07 and L-05."""
    if max(header.width, header.height) > MAX_SIDE:
        raise _too_large()
    if header.frames > 1:
        raise _RefusalError("L-07", "The image has more than one frame. Upload one that does not move.")
    if min(header.width, header.height) < MIN_SIDE:
        size = f"{header.width}×{header.height}"
        raise _RefusalError(
            "L-05", f"The image has {size} pixels; at least {MIN_SIDE}×{MIN_SIDE} are needed."
        )


def _too_large() -> _RefusalError:
    return _RefusalError(
        "L-04", f"Neither side may be longer than {MAX_SIDE} pixels. Upload a smaller image."
    )


def _decoded(raw: bytes, kind: str) -> Image.Image:
    """Decode the picture (L-09); Pillow's own errors about pixel bombs become L-04."""
    if kind == "JPEG" and raw.count(_SCAN) > MAX_SCANS:
        raise _RefusalError("L-09", UNREADABLE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return logo_pixels.read(raw, kind, _check_header)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_large()
        except DECODER_ERRORS:
            raise _RefusalError("L-09", UNREADABLE)


def _encoded(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _square(picture: Image.Image, side: int) -> Image.Image:
    """The picture shrunk to fit a square, with transparent margins where it is not square."""
    small = picture.resize(logo_pixels.within(*picture.size, side), Image.Resampling.LANCZOS, reducing_gap=2)
    if small.size == (side, side):
        return small
    square = Image.new("RGBA", (side, side))
    square.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    return square


def _is_blank(picture: Image.Image) -> bool:
    bands = [picture.getchannel(band).getextrema() for band in picture.getbands()]
    is_clear = picture.mode == "RGBA" and bands[-1] == (0, 0)
    return is_clear or all(low == high for low, high in bands)
