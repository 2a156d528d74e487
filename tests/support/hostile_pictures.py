"""Hostile files, and the largest pictures that are accepted, by name; each is made when it is needed."""

import zlib
from functools import partial

from PIL import Image, ImageCms

from tests.support.pictures import chunk, drawing, encoded, png

SIDE = 4096
WEBP_SIDE = 2048
ARCHIVE = b"PK\x05\x06" + bytes(18)
MARKUP = b"<script>alert(1)</script><?php system(1) ?>"


def squeezed(length):
    """A chunk of pixels that decompresses to ``length`` bytes."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(length >> 20)]
    return chunk(b"IDAT", b"".join(parts) + packer.flush())


def within(name, copies, start=b"k\0\0"):
    """A valid picture with copies of a compressed chunk that decompresses to 50 MB."""
    good = encoded(drawing())
    return good[:33] + chunk(name, start + zlib.compress(bytes(50_000_000))) * copies + good[33:]


def moving(kind):
    frames = [Image.new("RGB", (512, 512), (shade, 0, 0)) for shade in range(40)]
    return encoded(drawing(), kind, save_all=True, append_images=frames)


def scans():
    """A progressive photograph whose last scan is repeated until the file is full."""
    raw = encoded(drawing((SIDE, SIDE)), "JPEG", progressive=True, quality=1)
    last = raw[raw.rindex(b"\xff\xda") : -2]
    return raw[:-2] + last * ((1_000_000 - len(raw)) // len(last)) + b"\xff\xd9"


def print_colours():
    """A progressive photograph in four colours, of which decoders keep all scans until the last: 128 MiB."""
    return encoded(drawing((SIDE, SIDE), "CMYK"), "JPEG", progressive=True, quality=1)


BOMBS = {
    "pixels claimed": lambda: png(20000, 20000, squeezed(1 << 20)),
    "pixels that unfold": lambda: png(20000, 20000, squeezed(200 << 20)),
    "more pixels than claimed": lambda: png(SIDE, SIDE, squeezed(200 << 20)),
    "frames of a PNG": partial(moving, "PNG"),
    "frames of a WebP": partial(moving, "WEBP"),
    "scans of a photograph": scans,
    "photograph in print colours": print_colours,
}

SKIPPED = {
    "compressed text": partial(within, b"zTXt", 1),
    "many compressed texts": partial(within, b"zTXt", 15),
    "compressed text of a language": partial(within, b"iTXt", 1, b"k\0\1\0\0\0"),
    "compressed profile": partial(within, b"iCCP", 1),
    "many compressed profiles": partial(within, b"iCCP", 15),
}


def disguised(kind):
    return encoded(drawing((200, 200)), kind)


KINDS = ("GIF", "BMP", "TIFF", "PPM", "ICO", "EPS", "PDF", "JPEG2000")
DISGUISES = {kind: partial(disguised, kind) for kind in KINDS} | {
    "drawing language": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page": lambda: b"<!doctype html>" + MARKUP,
    "nothing": bytes,
}


def with_tail(kind, tail):
    return encoded(drawing(), kind) + tail


POLYGLOTS = {
    "PNG and a page": partial(with_tail, "PNG", MARKUP),
    "JPEG and an archive": partial(with_tail, "JPEG", ARCHIVE),
    "WebP and a page": partial(with_tail, "WEBP", MARKUP),
    "JPEG with a page inside": lambda: encoded(drawing(), "JPEG", comment=MARKUP),
}


def clear(side=SIDE):
    picture = drawing((side, side), "RGBA")
    picture.paste((0, 0, 0, 0), (0, side // 2, side, side * 3 // 4))
    return picture


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def deep_pixels():
    row = b"\0" + b"\x12\x34\x56\x78" * 2 * SIDE
    return png(SIDE, SIDE, chunk(b"IDAT", zlib.compress(row * SIDE, 1)), depth=16, colour=6)


def photograph():
    colours = {"icc_profile": profile(), "subsampling": 0}
    return encoded(drawing((SIDE, SIDE)), "JPEG", progressive=True, **colours)


def noise():
    picture = Image.effect_noise((WEBP_SIDE, WEBP_SIDE), 60).convert("RGB")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return encoded(picture, "WEBP", quality=1, alpha_quality=1, icc_profile=profile())


def short_webp():
    """The header says 512×512, the picture inside has 4096×4096."""
    raw = bytearray(encoded(drawing((SIDE, SIDE), "RGB"), "WEBP", icc_profile=profile()))
    raw[24:30] = b"\xff\x01\0" * 2
    return bytes(raw)


BOMBS["WebP that claims fewer pixels"] = short_webp

LARGEST = {
    "PNG": lambda: encoded(clear(), icc_profile=profile(), compress_level=1),
    "PNG of grey and transparency": lambda: encoded(clear().convert("LA"), compress_level=1),
    "PNG with a transparent colour": lambda: encoded(
        drawing((SIDE, SIDE)), transparency=(0, 0, 128), compress_level=1
    ),
    "PNG of sixteen bits": deep_pixels,
    "JPEG": photograph,
    "WebP": lambda: encoded(clear(WEBP_SIDE), "WEBP", icc_profile=profile()),
    "WebP without loss": lambda: encoded(clear(WEBP_SIDE), "WEBP", lossless=True, method=0),
    "WebP of noise": noise,
}
"""The largest size that is accepted, of the kinds that need the most memory."""
