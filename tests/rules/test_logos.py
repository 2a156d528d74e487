"""The logo: section 7 of the rules."""

import gzip
import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile

from registrations.rules import logos
from registrations.rules.logos import AcceptedLogo, LogoTraits
from registrations.rules.logos import pixels as logo_pixels
from tests.support.pictures import chunk, drawing, encoded, png


def rules(raw):
    return [finding.rule for finding in logos.inspect(raw).findings]


def png_header(width, height):
    return png(width, height)[:33]


def webp_of(name, body):
    inner = b"WEBP" + name + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_good_picture_passes_without_a_note(kind):
    assert rules(encoded(drawing(), kind)) == []


def message(raw):
    (finding,) = logos.inspect(raw).findings
    return finding.rule, finding.message


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("GIF", "a GIF"),
        ("BMP", "a BMP image"),
        ("TIFF", "a TIFF image"),
        ("ICO", "an icon file (ICO)"),
        ("ICNS", "an icon file (ICNS)"),
        ("EPS", "a PostScript file (EPS)"),
        ("PDF", "a PDF"),
        ("JPEG2000", "a JPEG 2000 image"),
        ("AVIF", "an AVIF image"),
    ],
)
def test_other_kinds_are_named_whatever_they_are_called(kind, name):
    said = f"This file is {name}. Upload a PNG, JPEG or WebP image."
    assert message(encoded(drawing((128, 128)), kind)) == ("L-01", said)


@pytest.mark.parametrize(
    ("raw", "start"),
    [
        (b"", "This file is empty. "),
        (b"%PDF-1.7", "This file is a PDF. "),
        (b"<!DOCTYPE html><p>", "This file is a web page. "),
        (b"PK\3\4...", "This file is a ZIP archive. "),
        (b"8BPS\0\1", "This file is a Photoshop document. "),
        (b"\xff\x0a\xfa", "This file is a JPEG XL image. "),
        (b"\0\0\0\x18ftypavif", "This file is an AVIF image. "),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avifmiaf", "This file is an AVIF image. "),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heicmiaf", "This file is a photo in HEIC format. "),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This file is a photo in HEIC format. "),
        (b"P6 128 128 255 " + bytes(128 * 128 * 3), ""),
        (b"BMW is our partner", ""),
        (b"\x1f\x8bbroken", ""),
    ],
)
def test_what_is_no_picture_is_refused_and_named_where_it_is_known(raw, start):
    assert message(raw) == ("L-01", f"{start}Upload a PNG, JPEG or WebP image.")


def test_icon_out_of_an_app_is_told_of_as_what_it_is():
    raw = encoded(drawing())
    rule, said = message(raw[:8] + chunk(b"CgBI", b"\x50\0\x20\2") + raw[8:])
    assert rule == "L-09"
    assert "comes out of an iOS app" in said
    assert "Export the logo as PNG" in said


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
        gzip.compress(SVG.encode(), mtime=0),
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
    ],
)
def test_size_is_refused_from_the_header_alone(raw):
    assert rules(raw) == ["L-04"]


@pytest.mark.parametrize(
    "raw",
    [
        webp_of(b"VP8X", b"\x10\0\0\0" + b"\0\x08\0" + b"\xff\x01\0"),
        webp_of(b"VP8X", b"\x10\0\0\0" + b"\xff\x01\0" + b"\xff\xff\xff"),
        webp_of(b"VP8L", b"\x2f" + struct.pack("<I", 511 | 2048 << 14)),
        webp_of(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 2049, 512)),
    ],
)
def test_a_larger_webp_is_refused_from_the_header_alone_and_a_png_asked_for(raw):
    (finding,) = logos.inspect(raw).findings
    assert finding.rule == "L-04"
    assert "2048×2048" in finding.message
    assert "needs too much memory" in finding.message
    assert "as PNG" in finding.message


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(("side", "found"), [(2048, []), (2049, ["L-04"])])
def test_webp_is_accepted_up_to_its_own_limit(side, found, mode, lossless):
    assert rules(encoded(drawing((side, side), mode), "WEBP", lossless=lossless, method=0)) == found


def test_sides_claimed_by_a_photograph_are_refused_undecoded():
    raw = bytearray(encoded(drawing(), "JPEG"))
    frame = raw.index(b"\xff\xc0")
    raw[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    assert rules(bytes(raw)) == ["L-04"]


@pytest.mark.parametrize(("scans", "found"), [(logos.MAX_SCANS, []), (logos.MAX_SCANS + 1, ["L-09"])])
def test_photograph_of_endless_scans_is_refused(scans, found):
    raw = encoded(drawing(), "JPEG", progressive=True)
    last = raw[raw.rindex(b"\xff\xda") : -2]
    assert rules(raw[:-2] + last * (scans - raw.count(b"\xff\xda")) + raw[-2:]) == found


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


@pytest.mark.parametrize("damage", [b"", b"MPF\0", b"MPF\0II*\0\x08\0\0\0\xff\xff"])
def test_photograph_with_further_pictures_is_its_first_one(damage):
    """As cameras write it, and telephones that add a map of brightness; also where their list is damaged."""
    first, second = drawing(), Image.new("RGB", (300, 200), "red")
    raw = encoded(first, "MPO", save_all=True, append_images=[second], quality=95)
    assert Image.open(io.BytesIO(raw)).n_frames == 2
    place = raw.index(b"MPF\0")
    answer = logos.accept(raw[:place] + damage + raw[place + len(damage) :])
    kept = Image.open(io.BytesIO(answer.png))
    plain = Image.open(io.BytesIO(encoded(first, "JPEG", quality=95)))
    assert ImageChops.difference(kept, plain).getbbox() is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_cut_off_picture_is_refused(kind, part):
    noise = Image.effect_noise((512, 512), 90).convert("RGB")
    raw = encoded(noise, kind)
    rule, said = message(raw[: int(len(raw) * part)])
    assert (rule, said[:29]) == ("L-09", "Part of this file is missing.")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damaged_picture_is_not_called_cut_short(kind):
    raw = encoded(Image.effect_noise((512, 512), 90).convert("RGB"), kind)
    place = raw.index({"PNG": b"IDAT", "JPEG": b"\xff\xc0", "WEBP": b"VP8 "}[kind]) + 4
    rule, said = message(raw[:place] + bytes(40) + raw[place + 40 :])
    assert (rule, said[:29]) == ("L-09", "We could not read this image.")


def test_truncated_pictures_are_never_loaded():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_unknown_webp_chunk_is_refused():
    assert rules(webp_of(b"JUNK", bytes(40))) == ["L-09"]


UNFOLDS = zlib.compress(bytes(5_000_000))
BESIDE = {
    "text that unfolds": chunk(b"zTXt", b"k\0\0" + UNFOLDS),
    "text of a language that unfolds": chunk(b"iTXt", b"k\0\1\0\0\0" + UNFOLDS),
    "profile that unfolds": chunk(b"iCCP", b"k\0\0" + UNFOLDS),
    "long text": chunk(b"tEXt", b"k\0" + b"x" * 900_000),
    "text packed in another way": chunk(b"zTXt", b"k\0\7" + UNFOLDS),
    "profile packed in another way": chunk(b"iCCP", b"k\0\7" + UNFOLDS),
    "profile that is no profile": chunk(b"iCCP", b"k"),
    "profile that is not packed": chunk(b"iCCP", b"k\0\0profile"),
    "long notes of a camera": chunk(b"eXIf", b"x" * 900_000),
    "text with a wrong sum": chunk(b"tEXt", b"k\0text")[:-4] + b"oops",
    "gamma cut short": chunk(b"gAMA", b"\0"),
    "colours cut short": chunk(b"cHRM", b"\0"),
    "resolution cut short": chunk(b"pHYs", b""),
    "intent cut short": chunk(b"sRGB", b""),
    "chunk that nobody knows": chunk(b"prVt", b"x" * 1000),
    "another size": png_header(20000, 20000)[8:],
    "animation of one frame": chunk(b"acTL", struct.pack(">II", 1, 0)),
    "animation cut short": chunk(b"acTL", b"") + chunk(b"fcTL", b""),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_the_pixels_of_a_png_is_no_reason_to_refuse(name):
    raw = encoded(drawing())
    assert logos.reencode(raw[:33] + BESIDE[name] + raw[33:]) == logos.reencode(raw)
    assert logos.reencode(raw[:-12] + BESIDE[name] + raw[-12:]) == logos.reencode(raw)


def test_size_of_a_png_counts_only_where_it_comes_first():
    raw = encoded(drawing())
    assert rules(raw[:8] + chunk(b"tEXt", b"k\0text") + raw[8:]) == ["L-09"]


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
    assert answer.traits == LogoTraits(512, 512, is_blank=False)


@pytest.mark.parametrize("side", logos.SIDES)
@pytest.mark.parametrize("size", [(4096, 4096), (1024, 1024), (600, 300), (300, 1000), (257, 257)])
def test_smaller_squares_show_the_whole_picture(size, side):
    square = Image.open(io.BytesIO(logos.accept(encoded(drawing(size))).smaller[side])).convert("RGBA")
    assert square.size == (side, side)
    width, height = logo_pixels.within(*size, side)
    corner = (side - width) // 2 + 2, (side - height) // 2 + 2
    assert square.getpixel(corner) == (255, 165, 0, 255)
    margin = [(0, 0), (side - 1, side - 1)]
    assert {square.getpixel(place)[3] for place in margin} == {255 if size[0] == size[1] else 0}


def test_a_small_picture_is_not_enlarged():
    answer = logos.accept(encoded(drawing((200, 200))))
    assert answer.smaller[256] == answer.png
    assert answer.smaller[128] != answer.png


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


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
def test_no_damage_raises(sample, damage):
    raw = bytearray(sample)
    for place, value in damage:
        raw[int(place * (len(raw) - 1))] = value
    answer = logos.accept(bytes(raw))
    if isinstance(answer, AcceptedLogo):
        assert answer.png.startswith(b"\x89PNG")
