"""What is kept of a logo: upright pixels in the common colour space, and nothing else."""

import io

import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, PngImagePlugin

from registrations.rules import logos
from registrations.rules.logos import AcceptedLogo
from tests.support.pictures import drawing, encoded


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
