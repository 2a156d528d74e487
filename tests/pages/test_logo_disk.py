"""The disk under the logos: full, read-only or away, and files that are not what they were."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from registrations.logos import decoding, storage
from registrations.models import Logo, Registration
from tests.pages.elements import with_attribute
from tests.pages.uploading import about_the_logo, file, picture, upload
from tests.support.forms import example_posted
from tests.support.pictures import encoded
from tests.support.races import at_once
from tests.support.registrations import a_draft, again

ROOT = Path(__file__).resolve().parents[2]


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
    return storage.keep(decoding.accept(picture(side)))


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
def test_the_same_picture_uploaded_again_mends_the_file(damage, media, login, partner):
    logo = kept()
    whole = {digest: served(digest).content for digest in (logo.digest, logo.digest_128, logo.digest_256)}
    for digest in whole:
        damage(path_of(digest, media))
    registration = a_draft(partner)
    assert upload(login(partner), registration, picture()).status_code == 302
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


# --- A disk that takes nothing -------------------------------------------------------------


def assert_saved_without_the_logo(answer, registration, *, name, logo_id=None):
    assert answer.status_code == 200
    assert about_the_logo(answer) == ["form"]
    assert "could not store the logo" in with_attribute(answer.text, "data-field", "logo")[0].text
    draft = again(registration).draft
    assert (draft.logo_id, draft.data["client_name"]) == (logo_id, name)
    assert with_attribute(answer.text, "value", name)


@pytest.mark.django_db
def test_a_disk_that_is_away_is_a_message_beside_the_field(media, login, partner, caplog):
    media.write_text("no folder")
    registration = a_draft(partner)
    answer = upload(login(partner), registration, picture(), client_name="Kept All The Same")
    assert_saved_without_the_logo(answer, registration, name="Kept All The Same")
    assert "logo_not_stored" in caplog.text
    assert not Logo.objects.exists()


@pytest.mark.django_db
def test_so_it_is_with_the_very_first_save(media, login, partner):
    media.write_text("no folder")
    browser = login(partner)
    posted = example_posted(client_name="Kept All The Same") | {"logo": file(picture())}
    answer = browser.post("/registrations/new/", posted)
    registration = Registration.objects.get()
    assert_saved_without_the_logo(answer, registration, name="Kept All The Same")
    media.unlink()
    assert upload(browser, registration, picture(), registration.draft.version).status_code == 302
    assert again(registration).draft.logo_id


@pytest.mark.django_db
def test_a_full_disk_is_a_message_and_leaves_nothing_half_written(small_disk, login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture())
    former = again(registration).draft.logo_id
    before = names(small_disk)
    answer = upload(browser, registration, noise(), 2, client_name="Kept All The Same")
    assert_saved_without_the_logo(answer, registration, name="Kept All The Same", logo_id=former)
    assert set(names(small_disk)) >= set(before)
    for name in names(small_disk):
        assert served(name.removesuffix(".png")).status_code == 200


@pytest.mark.django_db
def test_what_did_not_fit_is_stored_once_there_is_room(small_disk, login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, noise())
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    assert upload(browser, registration, noise(), 2).status_code == 302
    assert served(again(registration).draft.logo_id).status_code == 200


@pytest.mark.django_db
def test_a_read_only_disk_is_a_message_and_goes_on_serving(small_disk, login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture())
    former = again(registration).draft.logo_id
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    answer = upload(browser, registration, picture(256), 2, client_name="Kept All The Same")
    assert_saved_without_the_logo(answer, registration, name="Kept All The Same", logo_id=former)
    assert served(former).status_code == 200
    assert upload(browser, registration, picture(), 3).status_code == 302


@pytest.mark.django_db
def test_a_machine_that_starts_no_decoder_is_a_message_too(media, login, partner, monkeypatch):
    registration = a_draft(partner)
    monkeypatch.setattr(sys, "executable", str(media / "no such program"))
    answer = upload(login(partner), registration, picture(), client_name="Kept All The Same")
    assert_saved_without_the_logo(answer, registration, name="Kept All The Same")


# --- A writer that dies --------------------------------------------------------------------

_WRITE = """
import os, resource, signal, sys
import django
django.setup()
from registrations.logos import decoding, storage
accepted = decoding.accept(sys.stdin.buffer.read())
"""
_DIES = "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
_WITHOUT_ROOM = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
_KEEP = "storage.keep(accepted)\n"
_KEEP_OR_SAY = """
try:
    storage.keep(accepted)
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


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_one_whole_file_and_nothing_else(media):
    accepted = decoding.accept(picture())
    logos = at_once(*[lambda: storage.keep(accepted)] * 8)
    assert {type(logo) for logo in logos} == {Logo}
    assert len({logo.pk for logo in logos}) == 1
    logo = logos[0]
    assert names(media) == sorted(f"{one}.png" for one in {logo.digest, logo.digest_128, logo.digest_256})
    assert served(logo.digest).content == accepted.png
