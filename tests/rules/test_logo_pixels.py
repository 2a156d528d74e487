"""What is kept of a logo: upright pixels in the common colour space, and nothing else."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

from registrations.rules import logos
from registrations.rules.logos import AcceptedLogo
from tests.support.pictures import chunk, drawing, encoded, png


def stored(raw):
    answer = logos.accept(raw)
    assert isinstance(answer, AcceptedLogo), answer
    return Image.open(io.BytesIO(answer.png))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode):
    picture = drawing(mode="L").convert("I").point(lambda level: level * 256) if mode[0] == "I" else drawing()
    assert stored(encoded(picture.convert(mode))).mode in {"RGB", "RGBA"}


def test_sixteen_bit_grey_keeps_its_shades():
    picture = Image.new("I", (512, 512), 128 * 256)
    picture.paste(255 * 256, (0, 0, 100, 100))
    kept = stored(encoded(picture.convert("I;16")))
    assert (kept.getpixel((0, 0)), kept.getpixel((300, 300))) == ((255, 255, 255), (128, 128, 128))


def test_largest_picture_is_shrunk_and_kept_whole():
    kept = stored(encoded(drawing((4096, 4096))))
    assert kept.size == (1024, 1024)
    assert kept.getpixel((10, 10)) == (255, 165, 0)
    assert kept.getpixel((1020, 1020)) == (0, 0, 128)


@pytest.mark.parametrize("size", [(1025, 1025), (1500, 1499), (2049, 2050), (4095, 4096), (3000, 3000)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_odd_sizes_are_shrunk_without_a_seam(size, mode):
    picture = Image.new(mode, size, "navy")
    kept = stored(encoded(picture))
    assert max(kept.size) == 1024 or max(kept.size) > 1000
    assert kept.convert("RGB").getcolors() == [(kept.width * kept.height, (0, 0, 128))]


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_transparency_is_averaged_alike_in_clear_opaque_and_mixed_parts(factor):
    picture = drawing((1024 * factor, 1024 * factor), "RGBA")
    alpha = Image.new("L", picture.size)
    ImageDraw.Draw(alpha).ellipse((300, 300, picture.width - 300, picture.height - 300), 255)
    ImageDraw.Draw(alpha).rectangle((900, 900, picture.width, 1000), 77)
    picture.putalpha(alpha)
    kept = stored(encoded(picture))
    assert ImageChops.difference(kept, picture.reduce(factor)).getextrema() == ((0, 0),) * 4


def test_alpha_channel_that_says_nothing_is_not_kept():
    assert stored(encoded(drawing((2048, 2048)).convert("RGBA"))).mode == "RGB"


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("size", [(2000, 1000), (1025, 700), (1024, 1024), (2048, 130)])
def test_webp_is_kept_at_the_stored_size(size, lossless):
    picture = drawing(size, "RGBA")
    picture.paste((0, 0, 0, 0), (size[0] * 3 // 4, 0, size[0], size[1]))
    kept = stored(encoded(picture, "WEBP", lossless=lossless))
    assert max(kept.size) <= 1024
    assert kept.getpixel((kept.width - 2, 5))[3] == 0
    red, _, blue, alpha = kept.getpixel((2, 2))
    assert red > 200 > 100 > blue
    assert alpha == 255


def test_nothing_but_pixels_is_kept():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("comment", "<script>alert(1)</script>")
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = (
        encoded(drawing(), pnginfo=notes, exif=exif, icc_profile=profile, dpi=(300, 300))
        + b"<?php system(1) ?>"
    )
    png = logos.reencode(raw)
    assert [
        name for name in (b"tEXt", b"eXIf", b"iCCP", b"pHYs", b"iTXt", b"script", b"php") if name in png
    ] == []
    assert stored(raw).info == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_turned_upright(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = stored(encoded(drawing((600, 900)), kind, exif=exif))
    assert kept.size == (900, 600)
    red, _, blue = kept.getpixel((890, 10))
    assert red > 200 > 100 > blue


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_damaged_exif_turns_nothing(kind, exif):
    assert stored(encoded(drawing((600, 900)), kind, exif=exif)).size == (600, 900)


def swapped_profile():
    """An sRGB profile whose red and blue primaries changed places."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = raw.find(b"rXYZ", 128), raw.find(b"bXYZ", 128)
    raw[red : red + 4], raw[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(raw)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_converted_to_the_common_space(mode):
    picture = Image.new("RGB", (512, 512), (255, 0, 0)).convert(mode)
    red, _, blue = stored(encoded(picture, icc_profile=swapped_profile())).getpixel((0, 0))[:3]
    assert blue > 200 > 50 > red


def test_colours_are_converted_where_the_picture_is_transparent():
    picture = Image.new("RGBA", (512, 512), (255, 0, 0, 255))
    picture.paste((255, 0, 0, 100), (200, 200, 300, 300))
    kept = stored(encoded(picture, icc_profile=swapped_profile()))
    for place, alpha in (((0, 0), 255), ((250, 250), 100)):
        red, _, blue, opacity = kept.getpixel(place)
        assert blue > 200 > 50 > red
        assert opacity == alpha


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("profile", [b"garbage", swapped_profile()[:200]])
def test_damaged_profile_is_ignored(mode, profile):
    picture = drawing(mode=mode)
    kept = stored(encoded(picture, icc_profile=profile))
    assert kept.getpixel((0, 0)) == picture.convert(kept.mode).getpixel((0, 0))


def test_profile_of_another_mode_is_ignored():
    assert stored(encoded(drawing(mode="L"), icc_profile=swapped_profile())).mode == "RGB"


def test_transparency_survives():
    picture = drawing(mode="RGBA")
    picture.paste((0, 0, 0, 0), (200, 200, 300, 300))
    kept = stored(encoded(picture))
    assert kept.mode == "RGBA"
    assert kept.getpixel((250, 250))[3] == 0


def test_print_colours_are_read():
    assert stored(encoded(drawing(mode="CMYK"), "JPEG")).mode == "RGB"


# --- Pixel by pixel ------------------------------------------------------------------------

SIDE = 136
"""Of the PNGs that are written here sample by sample: no multiple of 8 × 8 × 8."""
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column and row, and the steps, of the passes of an interlaced PNG."""
BANDS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PALETTE = bytes(range(48))


def samples(depth, colour):
    """Rows of pixels, each a tuple of samples, no two of which are alike nearby."""
    most = 2 ** min(depth, 4 if colour == 3 else depth) - 1
    steps = (7919, 104729, 1299709, 15485863)[: BANDS[colour]]
    return [[tuple((x + 3 * y) * step & most for step in steps) for x in range(SIDE)] for y in range(SIDE)]


def lines(rows, depth):
    """Each row packed, after the mark that says it is unfiltered."""
    for row in rows:
        bits = "".join(f"{sample:0{depth}b}" for pixel in row for sample in pixel)
        bits += "0" * (-len(bits) % 8)
        yield b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def png_of(rows, *chunks, depth, colour, interlaced):
    passes = [(0, 0, 1, 1)] if not interlaced else ADAM7
    parts = [[row[left::right] for row in rows[top::down]] for left, top, right, down in passes]
    body = zlib.compress(b"".join(line for part in parts for line in lines(part, depth)))
    options = {"depth": depth, "colour": colour, "interlaced": int(interlaced)}
    return png(SIDE, SIDE, *chunks, chunk(b"IDAT", body), **options)


def at_eight_bits(pixel, depth):
    return tuple(sample >> 8 if depth == 16 else sample * 255 // (2**depth - 1) for sample in pixel)


def shown(pixel, depth, colour, clear):
    """The pixel as red, green, blue and alpha; ``clear`` is what the file says of transparency."""
    if colour == 3:
        (entry,) = pixel
        return (*PALETTE[3 * entry : 3 * entry + 3], (clear + b"\xff" * 16)[entry])
    levels = at_eight_bits(pixel, depth)
    if colour in {4, 6}:
        *levels, alpha = levels
    else:
        alpha = 0 if levels == clear else 255
    return (*(levels * 3)[:3], alpha)


def assert_same(picture, pixels):
    """Alike, whatever colour is under what is fully clear."""
    found = list(picture.convert("RGBA").get_flattened_data())
    assert [one if one[3] else 0 for one in found] == [one if one[3] else 0 for one in pixels]


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize(
    ("depth", "colour"),
    [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2)]
    + [(1, 3), (2, 3), (4, 3), (8, 3), (8, 4), (16, 4), (8, 6), (16, 6)],
)
def test_every_pixel_of_every_kind_of_png_is_kept(depth, colour, clear, interlaced):
    rows, chunks, said = samples(depth, colour), [], b""
    if colour == 3:
        chunks.append(chunk(b"PLTE", PALETTE))
    if clear and colour == 3:
        said = b"\xff\x00\x80"[: 2**depth]
        chunks.append(chunk(b"tRNS", said))
    elif clear and colour in {0, 2}:
        said = at_eight_bits(rows[1][1], depth)
        chunks.append(chunk(b"tRNS", struct.pack(f">{len(said)}H", *rows[1][1])))
    raw = png_of(rows, *chunks, depth=depth, colour=colour, interlaced=interlaced)
    assert_same(stored(raw), [shown(pixel, depth, colour, said) for row in rows for pixel in row])


TURNS = {
    1: lambda x, y, right, bottom: (x, y),
    2: lambda x, y, right, bottom: (right - x, y),
    3: lambda x, y, right, bottom: (right - x, bottom - y),
    4: lambda x, y, right, bottom: (x, bottom - y),
    5: lambda x, y, right, bottom: (y, x),
    6: lambda x, y, right, bottom: (y, bottom - x),
    7: lambda x, y, right, bottom: (right - y, bottom - x),
    8: lambda x, y, right, bottom: (right - y, x),
}
"""Where an upright pixel stands in the file, as the EXIF standard describes the orientations."""


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def assert_turned(kept, plain, orientation):
    """``plain`` is what is kept of the same file without the note of how to turn it."""
    assert kept.size == (plain.size if orientation < 5 else plain.size[::-1])
    right, bottom = plain.width - 1, plain.height - 1
    for y in range(0, kept.height, 7):
        for x in range(0, kept.width, 7):
            assert kept.getpixel((x, y)) == plain.getpixel(TURNS[orientation](x, y, right, bottom))


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_turned_upright(kind, orientation):
    picture = Image.merge("RGB", [Image.effect_noise((150, 200), 40 + 20 * band) for band in range(3)])
    raw, turned = encoded(picture, kind), encoded(picture, kind, exif=exif_of(orientation))
    assert_turned(stored(turned), stored(raw), orientation)


def test_orientation_behind_the_pixels_counts():
    raw = encoded(drawing((300, 200)))
    note = chunk(b"eXIf", exif_of(6).tobytes().removeprefix(b"Exif\0\0"))
    assert stored(raw[:-12] + note + raw[-12:]).size == (200, 300)


@pytest.mark.parametrize("mode", ["CMYK", "YCCK"])
def test_inverted_print_colours_have_the_right_shades(mode):
    """As Adobe's programs write them; YCCK keeps the first three inks as brightness and two colours."""
    inks = (0, 200, 100, 40)
    if mode == "YCCK":
        bright = Image.new("RGB", (1, 1), inks[:3]).convert("YCbCr").getpixel((0, 0))
        inks = (*(255 - level for level in bright), inks[3])
    raw = bytearray(encoded(Image.new("CMYK", (200, 200), inks), "JPEG", quality=100, subsampling=0))
    adobe = raw.index(b"Adobe")
    raw[adobe + 11] = 2 if mode == "YCCK" else 0
    kept = stored(bytes(raw)).getpixel((100, 100))
    assert max(abs(a - b) for a, b in zip(kept, (215, 46, 131), strict=True)) <= 3
