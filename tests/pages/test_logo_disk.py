"""The disk under the logos: full, read-only or away, and files that are not what they were."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from registrations import logo_files, logo_process
from registrations.models import Logo
from tests.pages.uploading import picture, upload
from tests.support.pictures import encoded
from tests.support.races import at_once
from tests.support.registrations import a_draft, again

ROOT = Path(__file__).resolve().parents[2]
AN_HOUR_AND_MORE = 3700


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def small_disk(media):
    """A real disk of 64 KiB in place of the folder."""
    media.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", media], check=False).returncode:
        pytest.skip("needs the right to mount a disk of its own, as root has it")
    yield media
    subprocess.run(["umount", media], check=True)


def noise(side=512):
    """A picture that no encoder makes small: some 250 KiB and more."""
    return encoded(Image.effect_noise((side, side), 100))


def kept(side=512):
    return logo_files.keep(logo_process.accept(picture(side)))


def path_of(digest, media):
    return media / "logos" / f"{digest}.png"


def names(media):
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def served(digest):
    return Client().get(f"/logos/{digest}.png")


# --- What lies there -----------------------------------------------------------------------


def truncate(path):
    os.truncate(path, 100)


def empty(path):
    os.truncate(path, 0)


def alter(path):
    """One bit, and neither its size nor its time tells."""
    was, png = path.stat(), bytearray(path.read_bytes())
    png[-20] ^= 1
    path.write_bytes(png)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def replace_by_another_picture(path):
    path.write_bytes(picture(256, "navy"))


DAMAGES = pytest.mark.parametrize("damage", [truncate, empty, alter, replace_by_another_picture])


@pytest.mark.django_db
@DAMAGES
def test_a_damaged_file_is_not_served_and_its_digest_is_logged(damage, media, caplog):
    digest = kept().digest
    damage(path_of(digest, media))
    answer = served(digest)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert digest in line.getMessage()


@pytest.mark.django_db
@DAMAGES
def test_a_file_that_is_damaged_after_it_was_served_is_not_served_again(damage, media):
    digest = kept().digest
    assert served(digest).status_code == 200
    damage(path_of(digest, media))
    assert served(digest).status_code == 404


@pytest.mark.django_db
@DAMAGES
def test_the_same_picture_uploaded_again_mends_the_file(damage, media, door, partner):
    logo = kept()
    whole = {digest: served(digest).content for digest in (logo.digest, logo.digest_128, logo.digest_256)}
    for digest in whole:
        damage(path_of(digest, media))
    registration = a_draft(partner)
    assert upload(door(partner), registration, picture()).status_code == 302
    assert again(registration).draft.logo == logo
    assert {digest: served(digest).content for digest in whole} == whole
    assert names(media) == sorted(f"{digest}.png" for digest in whole)


@pytest.mark.django_db
def test_a_file_that_is_whole_is_not_written_again(media):
    before = path_of(kept().digest, media).stat()
    after = path_of(kept().digest, media).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.django_db
def test_a_disk_that_cannot_be_read_is_logged_and_nothing_is_found(media, caplog):
    media.write_text("no folder")
    assert served("0" * 64).status_code == 404
    assert "0" * 64 in caplog.text


# --- A writer that dies --------------------------------------------------------------------

_WRITE = """
import os, resource, signal, sys
import django
django.setup()
from registrations import logo_files, logo_process
accepted = logo_process.accept(sys.stdin.buffer.read())
"""
_DIES = "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
_WITHOUT_ROOM = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
_KEEP = "logo_files.keep(accepted)\n"
_KEEP_OR_SAY = """
try:
    logo_files.keep(accepted)
except OSError as error:
    print(error.errno)
"""


def write_in_a_process(script, png, media):
    """In a process of its own, which never comes to the database: the files come first."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "MEDIA_ROOT": str(media)}
    command = [sys.executable, "-c", _WRITE + script]
    return subprocess.run(command, input=png, env=env, cwd=ROOT, capture_output=True, timeout=60)


def test_a_file_that_may_not_grow_leaves_nothing(media):
    """The same on a machine without root: the system refuses the thousandth byte, as a full disk does."""
    done = write_in_a_process(_WITHOUT_ROOM + _KEEP_OR_SAY, noise(), media)
    assert (done.returncode, done.stdout) == (0, b"27\n")
    assert names(media) == []


@pytest.mark.django_db
def test_a_writer_killed_before_the_file_has_its_name_harms_nobody(media):
    done = write_in_a_process(_DIES + _KEEP, picture(), media)
    assert done.returncode == -signal.SIGKILL
    (left,) = names(media)
    assert not left.endswith(".png")
    logo = kept()
    for digest in (logo.digest, logo.digest_128, logo.digest_256):
        assert served(digest).status_code == 200


@pytest.mark.django_db
def test_what_a_killed_writer_left_is_swept_by_a_later_one(media):
    write_in_a_process(_DIES + _KEEP, picture(), media)
    (left,) = (media / "logos").iterdir()
    kept()
    assert left.exists()
    long_ago = time.time() - AN_HOUR_AND_MORE
    os.utime(left, (long_ago, long_ago))
    kept(256)
    assert not left.exists()


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_one_whole_file_and_nothing_else(media):
    accepted = logo_process.accept(picture())
    logos = at_once(*[lambda: logo_files.keep(accepted)] * 8)
    assert {type(logo) for logo in logos} == {Logo}
    assert len({logo.pk for logo in logos}) == 1
    logo = logos[0]
    assert names(media) == sorted(f"{one}.png" for one in {logo.digest, logo.digest_128, logo.digest_256})
    assert served(logo.digest).content == accepted.png
