"""Hostile pictures, through the process that decodes them: refused or made our own, at small cost.

The process takes two seconds of processor time and no more, because its limit ends it there; what
it took of memory it says itself.
"""

import io
import json
import random
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from registrations.logos import decoding
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.hostile_pictures import ARCHIVE, BOMBS, DISGUISES, LARGEST, MARKUP, POLYGLOTS, SKIPPED
from tests.support.people import partner as a_partner
from tests.support.people import sign_in
from tests.support.pictures import drawing, encoded
from tests.support.registrations import a_draft
from tests.support.scale import times

pytestmark = pytest.mark.once

MOST_BYTES = 150_000_000
WEIGHED = """
import sys
from registrations.logos import decoding

decoding.main()
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
sys.stdout.flush()
sys.stdout.buffer.write(b" %d" % (peak * 1024))
"""


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Only processor time counts here, however busy the machine is."""
    monkeypatch.setattr(decoding, "SECONDS", 300)


def weighed(raw):
    """The rules that refuse the file, and the peak of the process in bytes; 0 where a limit ended it."""
    try:
        written = decoding.run(["-c", WEIGHED], raw)
    except subprocess.CalledProcessError as error:
        if error.returncode > 0:
            raise
        return ["L-09"], 0
    line, _, rest = written.partition(b"\n")
    answer = json.loads(line)
    refused = [one["rule"] for one in answer.get("findings", ()) if one["severity"] == "reject"]
    return refused, int(rest.rpartition(b" ")[2])


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_pictures_are_accepted_within_the_memory(name):
    refused, peak = weighed(LARGEST[name]())
    assert refused == []
    assert 0 < peak <= MOST_BYTES


@pytest.mark.parametrize("name", [*BOMBS, *DISGUISES, *POLYGLOTS])
def test_a_hostile_picture_is_dealt_with_within_the_memory(name):
    refused, peak = weighed((BOMBS | DISGUISES | POLYGLOTS)[name]())
    assert peak <= MOST_BYTES
    assert refused or name not in DISGUISES


@pytest.mark.parametrize("name", SKIPPED)
def test_what_unfolds_beside_the_pixels_is_skipped_unread(name):
    refused, peak = weighed(SKIPPED[name]())
    assert refused == []
    assert peak <= weighed(encoded(drawing()))[1] + 4_000_000


@pytest.mark.parametrize("name", POLYGLOTS)
def test_of_a_file_that_is_two_only_the_picture_is_kept(name):
    accepted = decoding.accept(POLYGLOTS[name]())
    assert Image.open(io.BytesIO(accepted.png)).size == (512, 512)
    assert not [part for part in (MARKUP[:8], b"php", ARCHIVE[:4]) if part in accepted.png]


@pytest.mark.parametrize("limit", ["MEMORY", "ADDRESSES"])
def test_memory_beyond_the_limit_is_refused_to_the_process(limit):
    greedy = f"from registrations.logos import decoding as p; p.limit(); bytearray(p.{limit})"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        decoding.run(["-c", greedy], b"")
    assert b"MemoryError" in refused.value.stderr


def test_time_beyond_the_limit_ends_the_process():
    endless = "from registrations.logos import decoding as p; p.limit()\nwhile True: pass"
    with pytest.raises(subprocess.CalledProcessError) as ended:
        decoding.run(["-c", endless], b"")
    assert ended.value.returncode < 0


def test_the_process_writes_no_file(tmp_path):
    wordy = f"from registrations.logos import decoding as p; p.limit(); p.Path({str(tmp_path / 'x')!r})"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        decoding.run(["-c", f"{wordy}.write_text('x')"], b"")
    assert b"File too large" in refused.value.stderr


def mutations():
    chance = random.Random(7591)
    samples = [encoded(drawing((300, 300)), kind) for kind in ("PNG", "JPEG", "WEBP")]
    for number in range(times(500)):
        raw = bytearray(samples[number % 3])
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        yield bytes(raw[: chance.randint(1, len(raw))] if number % 5 == 0 else raw)


def test_damaged_pictures_are_refused_or_made_our_own():
    for raw in mutations():
        refused, peak = weighed(raw)
        assert len(refused) <= 1
        assert peak <= MOST_BYTES


@pytest.mark.parametrize("name", ["pixels that unfold", "scans of a photograph", "frames of a PNG", "GIF"])
def test_no_file_breaks_the_page(db, client, name):
    partner = a_partner()
    registration = a_draft(partner)
    logo = SimpleUploadedFile("logo.png", (BOMBS | DISGUISES)[name](), "image/png")
    answer = sign_in(client, partner).post(at(registration, "edit/"), example_posted(1) | {"logo": logo})
    assert answer.status_code == 200
    assert with_attribute(answer.text, "data-field", "logo")
