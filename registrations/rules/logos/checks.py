"""The client's logo as a file: rules L-01 to L-10. Takes bytes, returns our own PNGs or findings.

A function per rule, named as the rule's code, except L-01 and L-09: they are what no decoder is for, and what
the decoder cannot read, with the reason where it is known. The size is read from the header before anything
is decoded. Decoding runs in a child process with limits: nothing here keeps state between calls, and
:func:`accept` raises for no input.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from PIL import Image

from registrations.rules.findings import Finding, Severity
from registrations.rules.logos import pixels
from registrations.rules.logos.containers import Header, is_cut_short
from registrations.rules.logos.pixels import DECODER_ERRORS

FIELD: Final = "logo"
MAX_BYTES: Final = 1024 * 1024
MAX_SIDE: Final = 4096
"""The longest side of an upload, in pixels."""
MAX_WEBP_SIDE: Final = 2048
"""The same for WebP: its decoder keeps several copies of the whole picture."""
MIN_SIDE: Final = 128
GOOD_SIDE: Final = 512
MAX_SCANS: Final = 100
"""Passes over the picture in a progressive JPEG; encoders write about ten, and each one costs the time of a
whole picture."""
SIDES: Final = (128, 256)
"""Sides in pixels of the smaller squares stored with the picture.

Pages show logos at 64 to 128 pixels, on screens of single and of double density.
"""
_SIGNATURES: Final = {
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
"""How a file of each accepted format begins: its name and declared type do not count."""
_OTHER_FORMATS: Final = {
    "a GIF": re.compile(rb"GIF8[79]a"),
    "a PDF": re.compile(rb"%PDF"),
    "an AVIF image": re.compile(rb".{4}ftyp(?:.{4}){0,8}?avi[fs]", re.DOTALL),
    "a photo in HEIC format": re.compile(rb".{4}ftyp(?:he[iv]|mif1|msf1)", re.DOTALL),
    "a TIFF image": re.compile(rb"II[*+]\0|MM\0[*+]"),
    "a BMP image": re.compile(rb"BM.{4}\0{4}", re.DOTALL),
    "an icon file (ICO)": re.compile(rb"\0\0\x01\0"),
    "an icon file (ICNS)": re.compile(rb"icns"),
    "a JPEG 2000 image": re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    "a JPEG XL image": re.compile(rb"\0\0\0\x0cJXL |\xff\x0a"),
    "a Photoshop document": re.compile(rb"8BPS"),
    "a PostScript file (EPS)": re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"),
    "a ZIP archive": re.compile(rb"PK\x03\x04"),
    "a web page": re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE),
}
"""How files begin that partners have instead; none of them is decoded."""
_SVG: Final = re.compile(rb"<(?:[a-z]+:)?svg[\s>/:]|<!doctype\s+svg", re.IGNORECASE)
_SVG_REACH: Final = 65536
_GZIP: Final = b"\x1f\x8b"
_SCAN: Final = b"\xff\xda"
_MOST_UNEVEN: Final = 0.02
_EFFORT: Final = 4
"""Of zlib: drawings get no smaller above it, only slower."""

_reject = partial(Finding, severity=Severity.REJECT, field=FIELD)
_warn = partial(Finding, severity=Severity.WARN, field=FIELD)

TOO_MANY_BYTES: Final = _reject("L-03", message="The file is larger than 1 MiB. Upload a smaller one.")
TOO_LARGE: Final = _reject(
    "L-04", message=f"Neither side may be longer than {MAX_SIDE} pixels. Upload a smaller image."
)
TOO_LARGE_WEBP: Final = _reject(
    "L-04",
    message=f"A WebP may have at most {MAX_WEBP_SIDE}×{MAX_WEBP_SIDE} pixels, because a larger one needs too "
    f"much memory to open. Upload the logo as PNG, of up to {MAX_SIDE}×{MAX_SIDE} pixels.",
)
UNREADABLE: Final = _reject(
    "L-09", message="We could not read this image. Save it again as PNG and upload that."
)
CUT_SHORT: Final = _reject(
    "L-09", message="Part of this file is missing. Download or export it again and upload the whole file."
)


@dataclass(frozen=True, slots=True)
class LogoTraits:
    """The stored picture's size in pixels, and whether it is fully transparent or of one flat colour."""

    width: int
    height: int
    is_blank: bool


@dataclass(frozen=True, slots=True)
class AcceptedLogo:
    """Our own PNGs of bare pixels: the stored picture, and the smaller squares by side length."""

    png: bytes
    smaller: Mapping[int, bytes]
    traits: LogoTraits

    @classmethod
    def of(cls, picture: Image.Image) -> AcceptedLogo:
        """Encode a decoded picture anew."""
        png = _encoded(picture)
        smaller = {
            side: _encoded(_square(picture, side)) if max(picture.size) > side else png for side in SIDES
        }
        bands = [picture.getchannel(band).getextrema() for band in picture.getbands()]
        is_clear = picture.mode == "RGBA" and bands[-1] == (0, 0)
        is_blank = is_clear or all(low == high for low, high in bands)
        return cls(png, smaller, LogoTraits(*picture.size, is_blank))

    @property
    def digest(self) -> str:
        return digest_of(self.png)


@dataclass(frozen=True, slots=True)
class LogoVerdict:
    """The findings about an upload, and the traits of the picture if it is accepted."""

    findings: tuple[Finding, ...]
    traits: LogoTraits | None = None


class RefusalError(Exception):
    """Carries the finding that ends the inspection."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.rule)
        self.finding = finding


def digest_of(png: bytes) -> str:
    """The SHA-256 in hex, by which a PNG is stored and served (L-11)."""
    return hashlib.sha256(png).hexdigest()


def inspect(raw: bytes) -> LogoVerdict:
    """The rejection by the first broken rule, or else every warning."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return LogoVerdict(tuple(check(answer.traits)), answer.traits)
    return LogoVerdict(tuple(answer))


def reencode(raw: bytes) -> bytes:
    """Our own PNG of the picture (L-08). Raises ``ValueError`` with the rule's id if it is rejected."""
    answer = accept(raw)
    if isinstance(answer, AcceptedLogo):
        return answer.png
    raise ValueError(answer[0].rule)


def accept(raw: bytes) -> AcceptedLogo | list[Finding]:
    """Check the bytes and encode the picture anew, or return the finding that rejects it."""
    if flaw := file_size(raw):
        return [flaw]
    kind = next((kind for kind, signature in _SIGNATURES.items() if signature.match(raw)), None)
    if kind is None:
        return [svg(raw) or other_format(raw)]
    if flaw := apples_png(raw) or too_many_scans(raw, kind):
        return [flaw]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = pixels.read(raw, kind, look=_check_header)
        except RefusalError as refused:
            return [refused.finding]
        except DECODER_ERRORS:
            return [CUT_SHORT if is_cut_short(raw, kind) else UNREADABLE]
    return AcceptedLogo.of(picture)


def check(logo: LogoTraits) -> list[Finding]:
    """The warnings about an accepted picture, for partner and reviewer alike."""
    return [warning for rule in WARNINGS if (warning := rule(logo))]


def file_size(raw: bytes) -> Finding | None:
    """L-03: too many bytes."""
    if len(raw) <= MAX_BYTES:
        return None
    return TOO_MANY_BYTES


def svg(raw: bytes) -> Finding | None:
    """L-02: an SVG, also a gzipped one (``.svgz``)."""
    text = raw[:_SVG_REACH]
    if raw.startswith(_GZIP):
        try:
            text = zlib.decompressobj(wbits=31).decompress(raw, _SVG_REACH)
        except zlib.error:
            return None
    if not _SVG.search(text) and not _SVG.search(text.replace(b"\0", b"")):
        return None
    return _reject("L-02", message="SVG is not accepted. Upload a PNG of 512×512 pixels or more.")


def other_format(raw: bytes) -> Finding:
    """L-01: no picture, or one of a format that is not accepted."""
    name = next((name for name, signature in _OTHER_FORMATS.items() if signature.match(raw)), None)
    start = f"This file is {name}. " if name else "" if raw else "This file is empty. "
    return _reject("L-01", message=f"{start}Upload a PNG, JPEG or WebP image.")


def apples_png(raw: bytes) -> Finding | None:
    """L-09: what Xcode makes of a PNG for an iOS app."""
    if raw[12:16] != b"CgBI":
        return None
    message = (
        "This icon comes out of an iOS app. Apple changes the icons of apps in a way that makes them no PNG, "
        "whatever their name is. Export the logo as PNG from the file it was made from."
    )
    return _reject("L-09", message=message)


def too_many_scans(raw: bytes, kind: str) -> Finding | None:
    """L-09: a progressive JPEG that takes too long to decode."""
    if kind != "JPEG" or raw.count(_SCAN) <= MAX_SCANS:
        return None
    message = f"This JPEG has more than {MAX_SCANS} scans. Save it again as PNG and upload that."
    return _reject("L-09", message=message)


def too_large(header: Header) -> Finding | None:
    """L-04: too many pixels to decode."""
    longest, refusal = (MAX_WEBP_SIDE, TOO_LARGE_WEBP) if header.kind == "WEBP" else (MAX_SIDE, TOO_LARGE)
    return refusal if max(header.width, header.height) > longest else None


def animated(header: Header) -> Finding | None:
    """L-07: more than one frame."""
    if header.frames == 1:
        return None
    return _reject("L-07", message="The image has more than one frame. Upload one that does not move.")


def too_small(header: Header) -> Finding | None:
    """L-05: too few pixels to be shown."""
    if min(header.width, header.height) >= MIN_SIDE:
        return None
    size = f"{header.width}×{header.height}"
    message = f"The image has {size} pixels; at least {MIN_SIDE}×{MIN_SIDE} are needed."
    return _reject("L-05", message=message)


def shape(logo: LogoTraits) -> Finding | None:
    """L-06: small, or not square."""
    shorter, longer = sorted((logo.width, logo.height))
    if shorter >= GOOD_SIDE and longer - shorter <= _MOST_UNEVEN * longer:
        return None
    size = f"{logo.width}×{logo.height}"
    message = (
        f"The logo is kept with {size} pixels. Square ones of {GOOD_SIDE}×{GOOD_SIDE} or more look best."
    )
    return _warn("L-06", message=message)


def blank(logo: LogoTraits) -> Finding | None:
    """L-10: nothing to see."""
    if not logo.is_blank:
        return None
    message = "The logo is fully transparent or one flat colour. Is this the right file?"
    return _warn("L-10", message=message)


def _check_header(header: Header) -> None:
    for rule in HEADER_REJECTIONS:
        if rejection := rule(header):
            raise RefusalError(rejection)


def _encoded(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=_EFFORT)
    return target.getvalue()


def _square(picture: Image.Image, side: int) -> Image.Image:
    """The picture shrunk to fit a square, with transparent margins where it is not square."""
    small = picture.resize(pixels.within(*picture.size, side), Image.Resampling.LANCZOS, reducing_gap=2)
    if small.size == (side, side):
        return small
    square = Image.new("RGBA", (side, side))
    square.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    return square


HEADER_REJECTIONS: Final[tuple[Callable[[Header], Finding | None], ...]] = (too_large, animated, too_small)
WARNINGS: Final[tuple[Callable[[LogoTraits], Finding | None], ...]] = (shape, blank)
