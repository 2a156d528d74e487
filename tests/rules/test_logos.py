"""The logo: section 7 of the rules."""

import gzip
import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFile, PngImagePlugin

from registrations.rules import logos
from registrations.rules.logos import AcceptedLogo


def drawing(size=(512, 512), mode="RGB"):
    picture = Image.new("RGB", size, "navy")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 4), "orange")
    return picture.convert(mode)


def encoded(picture, kind="PNG", **options):
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def rules(raw):
    return [finding.rule for finding in logos.inspect(raw).findings]


def stored(raw):
    answer = logos.accept(raw)
    assert isinstance(answer, AcceptedLogo), answer
    return Image.open(io.BytesIO(answer.png))


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def webp_of(name, body):
    inner = b"WEBP" + name + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_good_picture_passes_without_a_note(kind):
    assert rules(encoded(drawing(), kind)) == []


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode):
    picture = drawing(mode="L").convert("I").point(lambda level: level * 256) if mode[0] == "I" else drawing()
    assert stored(encoded(picture.convert(mode))).mode in {"RGB", "RGBA"}


def test_sixteen_bit_grey_keeps_its_shades():
    picture = Image.new("I", (512, 512), 128 * 256)
    picture.paste(255 * 256, (0, 0, 100, 100))
    kept = stored(encoded(picture.convert("I;16")))
    assert (kept.getpixel((0, 0)), kept.getpixel((300, 300))) == ((255, 255, 255), (128, 128, 128))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "EPS"])
def test_other_kinds_are_refused_whatever_they_are_called(kind):
    assert rules(encoded(drawing((128, 128)), kind)) == ["L-01"]


@pytest.mark.parametrize(
    "raw", [b"", b"%PDF-1.7", b"<html></html>", b"\x1f\x8bbroken", b"\0\0\0\x18ftypavif"]
)
def test_what_is_no_picture_is_refused(raw):
    assert rules(raw) == ["L-01"]


SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "raw",
    [
        SVG.encode(),
        b"\xef\xbb\xbf  " + SVG.encode(),
        SVG.encode("utf-16"),
        SVG.upper().encode(),
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'>",
        b"<!DOCTYPE svg><x/>",
        gzip.compress(SVG.encode()),
    ],
)
def test_drawing_language_is_refused_with_advice(raw):
    (finding,) = logos.inspect(raw).findings
    assert finding.rule == "L-02"
    assert "512×512" in finding.message


def test_file_above_a_mebibyte_is_refused_unread():
    assert rules(encoded(drawing()) + bytes(logos.MAX_BYTES)) == ["L-03"]


@pytest.mark.parametrize(
    "raw",
    [
        png_header(20000, 20000),
        png_header(4097, 512),
        png_header(2**31 - 1, 2**31 - 1),
        png_header(10000, 10000),
        encoded(Image.new("RGB", (512, 4097)), "JPEG"),
        webp_of(b"VP8X", b"\x10\0\0\0" + b"\xff\x3f\0" + b"\xff\x01\0"),
        webp_of(b"VP8L", b"\x2f" + struct.pack("<I", 511 | 5000 << 14)),
        webp_of(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 5000, 512)),
    ],
)
def test_size_is_refused_from_the_header_alone(raw):
    assert rules(raw) == ["L-04"]


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


@pytest.mark.parametrize(("size", "found"), [((127, 512), ["L-05"]), ((128, 128), ["L-06"])])
def test_small_picture_is_refused_or_noted(size, found):
    assert rules(encoded(drawing(size))) == found


@pytest.mark.parametrize(
    ("size", "found"), [((600, 588), []), ((600, 587), ["L-06"]), ((511, 512), ["L-06"])]
)
def test_picture_that_is_not_square_is_noted(size, found):
    assert rules(encoded(drawing(size))) == found


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_picture_is_refused(kind):
    raw = encoded(drawing(), kind, save_all=True, append_images=[Image.new("RGB", (512, 512))])
    assert rules(raw) == ["L-07"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_cut_off_picture_is_refused(kind, part):
    noise = Image.effect_noise((512, 512), 90).convert("RGB")
    raw = encoded(noise, kind)
    assert rules(raw[: int(len(raw) * part)]) == ["L-09"]


def test_truncated_pictures_are_never_loaded():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_unknown_webp_chunk_is_refused():
    assert rules(webp_of(b"JUNK", bytes(40))) == ["L-09"]


def test_compressed_text_bomb_is_refused():
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(50_000_000)))
    raw = encoded(drawing())
    assert rules(raw[:33] + bomb + raw[33:]) in ([], ["L-09"])


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


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_damaged_exif_turns_nothing(exif):
    assert stored(encoded(drawing((600, 900)), "JPEG", exif=exif)).size == (600, 900)


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


@pytest.mark.parametrize(
    "picture", [Image.new("RGB", (512, 512), "red"), Image.new("RGBA", (512, 512), (9, 9, 9, 0))]
)
def test_empty_picture_is_noted(picture):
    assert rules(encoded(picture)) == ["L-10"]


def test_white_mark_on_glass_is_a_picture():
    picture = Image.new("RGBA", (512, 512), (255, 255, 255, 0))
    picture.paste((255, 255, 255, 255), (100, 100, 400, 400))
    assert rules(encoded(picture)) == []


def test_digest_names_the_stored_bytes():
    answer = logos.accept(encoded(drawing()))
    assert answer.digest == hashlib.sha256(answer.png).hexdigest()
    assert (answer.width, answer.height) == (512, 512)


def test_same_pixels_have_the_same_digest():
    assert (
        logos.accept(encoded(drawing())).digest == logos.accept(encoded(drawing(), compress_level=1)).digest
    )


def test_our_own_encoding_is_accepted_unchanged():
    once = logos.reencode(encoded(drawing(), "WEBP", lossless=True))
    assert logos.reencode(once) == once


def test_refused_picture_is_not_encoded():
    with pytest.raises(ValueError, match="L-01"):
        logos.reencode(b"")


SAMPLES = [encoded(drawing((128, 128)), kind) for kind in ("PNG", "JPEG", "WEBP")]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]),
)
def test_no_bytes_raise(tail, magic):
    logos.inspect(magic + tail)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
def test_no_damage_raises(sample, damage):
    raw = bytearray(sample)
    for place, value in damage:
        raw[int(place * (len(raw) - 1))] = value
    answer = logos.accept(bytes(raw))
    if isinstance(answer, AcceptedLogo):
        assert answer.png.startswith(b"\x89PNG")
