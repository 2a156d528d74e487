"""The client's logo: rules L-01 to L-10. Bytes in, our own PNG or findings out.

A child process with limits runs this: nothing here keeps state between calls, and no bytes make
:func:`accept` raise. The size is read from the header before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from registrations.rules import logo_pixels
from registrations.rules.findings import Finding, Severity
from registrations.rules.logo_pixels import DECODER_ERRORS, Header

FIELD: Final = "logo"
MAX_BYTES: Final = 1024 * 1024
MAX_SIDE: Final = 4096
"""Pixels, of what is uploaded."""
MIN_SIDE: Final = 128
GOOD_SIDE: Final = 512
_MOST_UNEVEN: Final = 0.02
_SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s>/:]|<!doctype\s+svg", re.IGNORECASE)
_SVG_REACH: Final = 65536
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class AcceptedLogo:
    """Our own encoding: a PNG of bare pixels, its size in pixels, the SHA-256 of its bytes in hex,
    and the warnings about what was uploaded."""

    png: bytes
    width: int
    height: int
    digest: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class LogoVerdict:
    """What the rules say, and the stored size where the picture is accepted."""

    findings: tuple[Finding, ...]
    width: int | None = None
    height: int | None = None


class _RefusalError(Exception):
    """Carries the finding that ends the inspection."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(rule)
        self.finding = Finding(rule, Severity.REJECT, FIELD, message)


def inspect(raw: bytes) -> LogoVerdict:
    """The first rule that refuses the bytes, or else every warning."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return LogoVerdict(answer.findings, answer.width, answer.height)
    return LogoVerdict(tuple(answer))


def reencode(raw: bytes) -> bytes:
    """Our own PNG of the picture (L-08). Raises ``ValueError`` with the rule's id if it is refused."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return answer.png
    raise ValueError(answer[0].rule)


def accept(raw: bytes) -> AcceptedLogo | list[Finding]:
    """Check the bytes and encode the picture anew, or answer with the finding that refuses it."""
    try:
        return _accept(raw)
    except _RefusalError as refused:
        return [refused.finding]


def _accept(raw: bytes) -> AcceptedLogo:
    kind = _kind(raw)
    headers: list[Header] = []

    def look(header: Header) -> None:
        _check_header(header)
        headers.append(header)

    picture = _decoded(raw, kind, look)
    return _encoded(picture, (*_size_warnings(headers[-1]), *_pixel_warnings(picture)))


def _kind(raw: bytes) -> str:
    """L-03, L-02 and L-01, by the bytes alone: file name and declared type do not count."""
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
    """L-04, L-07 and L-05."""
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


def _decoded(raw: bytes, kind: str, look: logo_pixels.Look) -> Image.Image:
    """L-09; Pillow's own alarms about pixel bombs are L-04."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return logo_pixels.read(raw, kind, look)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_large()
        except DECODER_ERRORS:
            raise _RefusalError("L-09", "We could not read this image. Save it again as PNG and upload that.")


def _encoded(picture: Image.Image, findings: tuple[Finding, ...]) -> AcceptedLogo:
    target = io.BytesIO()
    picture.save(target, "PNG")
    png = target.getvalue()
    return AcceptedLogo(png, picture.width, picture.height, hashlib.sha256(png).hexdigest(), findings)


def _size_warnings(header: Header) -> Iterator[Finding]:
    shorter, longer = sorted((header.width, header.height))
    if shorter < GOOD_SIDE or longer - shorter > _MOST_UNEVEN * longer:
        size = f"{header.width}×{header.height}"
        message = f"The image has {size} pixels. Square images of {GOOD_SIDE}×{GOOD_SIDE} or more look best."
        yield Finding("L-06", Severity.WARN, FIELD, message)


def _pixel_warnings(picture: Image.Image) -> Iterator[Finding]:
    bands = [picture.getchannel(band).getextrema() for band in picture.getbands()]
    if picture.mode == "RGBA" and bands[-1] == (0, 0):
        yield Finding("L-10", Severity.WARN, FIELD, "The image is fully transparent. Is this the right file?")
    elif all(low == high for low, high in bands):
        yield Finding("L-10", Severity.WARN, FIELD, "The image is one flat colour. Is this the right file?")
