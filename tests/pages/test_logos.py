"""The logo: uploaded with the form, stored under its digest, shown to anyone."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from portal.limits import LOGO
from registrations.logos import decoding
from registrations.models import Logo, Registration
from registrations.rules.logos import AcceptedLogo
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.uploading import about_the_logo, file, picture, upload
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.registrations import a_draft, again, approved
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_logo_is_stored_under_the_digest_of_what_is_served(login, partner):
    registration = a_draft(partner)
    assert upload(login(partner), registration, picture()).status_code == 302
    draft = again(registration).draft
    served = Client().get(f"/logos/{draft.logo_id}.png")
    assert hashlib.sha256(served.content).hexdigest() == draft.logo_id
    assert served.content.startswith(b"\x89PNG")
    assert Logo.objects.get().size == len(served.content)


def test_anyone_gets_it_with_headers_that_keep_it_a_picture(login, partner):
    registration = a_draft(partner)
    upload(login(partner), registration, picture())
    served = Client().get(f"/logos/{again(registration).draft.logo_id}.png")
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not served.cookies


@pytest.mark.parametrize(
    "name", ["0" * 64, "0" * 63, "A" * 64, "../../manage", "%2e%2e%2fx", "0" * 64 + "%0a"]
)
def test_an_unknown_logo_is_not_found(db, name):
    assert Client().get(f"/logos/{name}.png").status_code == 404


def test_a_logo_can_come_with_the_very_first_save(login, partner):
    login(partner).post("/registrations/new/", example_posted() | {"logo": file(picture())})
    assert Registration.objects.get().draft.logo_id


def test_the_same_picture_is_stored_once(login, partner):
    browser = login(partner)
    for _ in range(2):
        upload(browser, a_draft(partner), picture())
    assert Logo.objects.count() == 1
    assert len(default_storage.listdir("logos")[1]) == 3


def test_the_form_shows_the_logo_and_saving_keeps_it(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    upload(browser, registration, picture())
    logo = again(registration).draft.logo
    assert with_attribute(browser.get(at(registration, "edit/")).text, "src", f"/logos/{logo.digest_128}.png")
    digest = logo.digest
    browser.post(at(registration, "edit/"), example_posted(2))
    assert again(registration).draft.logo_id == digest


def test_a_tick_removes_it(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    upload(browser, registration, picture())
    browser.post(at(registration, "edit/"), example_posted(2) | {"remove_logo": "on"})
    assert again(registration).draft.logo_id is None


def test_a_live_clients_logo_is_kept_through_its_next_draft(login, partner, reviewer):
    browser = login(partner)
    first = a_draft(partner)
    upload(browser, first, picture())
    registration = approved(partner, reviewer, logo=again(first).draft.logo)
    browser.post(at(registration, "edit/"), example_posted(0))
    assert again(registration).draft.logo_id == again(first).draft.logo_id


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        picture(64),
        picture()[:300],
        b"\0" * 2_000_000,
    ],
)
def test_a_refused_file_leaves_the_old_logo_and_saves_the_rest(login, partner, content):
    registration = a_draft(partner)
    browser = login(partner)
    upload(browser, registration, picture())
    digest = again(registration).draft.logo_id
    answer = upload(browser, registration, content, 2, client_name="Changed All The Same")
    assert answer.status_code == 200
    assert with_attribute(answer.text, "data-field", "logo")[0].get("data-severity") == "reject"
    draft = again(registration).draft
    assert (draft.logo_id, draft.data["client_name"]) == (digest, "Changed All The Same")
    assert [e.get("value") for e in with_attribute(answer.text, "name", "draft_version")] == ["3"]
    assert upload(browser, registration, picture(colour="navy"), 3).status_code == 302


def test_a_refused_file_with_the_first_save_goes_on_in_the_same_registration(login, partner):
    browser = login(partner)
    answer = browser.post("/registrations/new/", example_posted() | {"logo": file(b"GIF89a")})
    registration = Registration.objects.get()
    assert answer.status_code == 200
    assert with_attribute(answer.text, "action", at(registration, "edit/"))
    assert about_the_logo(answer) == ["L-01"]
    draft = registration.draft
    assert (draft.logo_id, draft.data["client_name"]) == (None, example_posted()["client_name"])
    assert upload(browser, registration, picture(), draft.version).status_code == 302
    assert again(registration).draft.logo_id


def test_a_form_that_cannot_be_stored_leaves_the_old_logo(login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture())
    digest = again(registration).draft.logo_id
    answer = upload(browser, registration, picture(colour="navy"), 2, client_name="x" * 5000)
    assert answer.status_code == 200
    draft = again(registration).draft
    assert (draft.logo_id, draft.version) == (digest, 2)


@pytest.mark.parametrize(
    "name", ["../../x.png", "a\\b.svg", "x" * 300 + ".png", "\u202egnp.exe", "logo.php\n.png"]
)
def test_the_files_own_name_does_not_matter(login, partner, name):
    registration = a_draft(partner)
    answer = login(partner).post(
        at(registration, "edit/"), example_posted(1) | {"logo": file(picture(), name)}
    )
    assert answer.status_code == 302
    logo = again(registration).draft.logo
    names = {f"{digest}.png" for digest in (logo.digest, logo.digest_128, logo.digest_256)}
    assert set(default_storage.listdir("logos")[1]) == names


def test_a_decoder_that_takes_too_long_could_not_read_it(login, partner, monkeypatch):
    monkeypatch.setattr("registrations.logos.decoding.SECONDS", 0)
    answer = upload(login(partner), a_draft(partner), picture())
    assert [e.get("data-rule") for e in with_attribute(answer.text, "data-field", "logo")] == ["L-09"]


def test_a_decoder_that_dies_could_not_read_it_and_the_old_logo_stays(login, partner, monkeypatch):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture())
    digest = again(registration).draft.logo_id
    monkeypatch.setattr("registrations.logos.decoding.__name__", "no_such_module")
    answer = upload(browser, registration, picture(colour="navy"), 2)
    assert again(registration).draft.logo_id == digest
    assert [e.get("data-rule") for e in with_attribute(answer.text, "data-field", "logo")] == ["L-09"]


def test_the_decoder_knows_none_of_the_sites_keys():
    printed = decoding.run(["-c", "import os; print(sorted(os.environ))"], b"")
    assert b"KEY" not in printed


def test_the_largest_picture_fits_into_the_decoders_limits():
    assert isinstance(decoding.accept(picture(4096)), AcceptedLogo)


def test_checking_with_a_refused_logo_names_all_that_is_missing(login, partner):
    broken = {"client_uri": "", "contacts": [], "scope": []}
    answers = {}
    for then in ("save", "check"):
        answer = upload(login(partner), a_draft(partner), b"no picture", then=then, **broken)
        answers[then] = {e.get("data-field") for e in with_attribute(answer.text, "data-severity", "reject")}
    assert answers == {"save": {"logo"}, "check": {"logo", *broken}}


def test_no_file_of_a_request_needs_room_on_the_disk(settings, tmp_path, login, partner):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "no such folder"
    content = b"\0" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 64 * 1024)
    answer = upload(login(partner), a_draft(partner), content)
    assert about_the_logo(answer) == ["L-03"]


def test_uploads_are_limited(login, partner):
    registration = a_draft(partner)
    use_up(LOGO, str(partner.pk))
    browser = login(partner)
    assert upload(browser, registration, picture()).status_code == 429
    assert browser.post(at(registration, "edit/"), example_posted(1)).status_code == 302


def test_a_save_with_a_logo_keeps_its_budget(login, partner, reviewer):
    registration = approved(partner, reviewer)
    browser = login(partner)
    with statements() as save:
        assert upload(browser, registration, picture(), 0).status_code == 302
    assert len(save) <= 12
