"""A logo that is far too large: the form that it came with is kept, for those who are signed in."""

import tracemalloc

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.body_sizes import LONGEST_WITH_FILE
from registrations.models import Registration
from registrations.rules.logos import MAX_BYTES
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.uploading import about_the_logo, file, picture, upload
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again

MIB = 1024 * 1024
REST = 64 * 1024
"""Room for everything but the file."""


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 4 * MIB, LONGEST_WITH_FILE - REST])
def test_a_new_registration_is_saved_and_the_page_says_it_beside_the_logo(login, partner, size):
    posted = example_posted() | {"logo": file(bytes(size))}
    answer = login(partner).post("/registrations/new/", posted)
    assert answer.status_code == 200
    assert about_the_logo(answer) == ["L-03"]
    draft = Registration.objects.get().draft
    assert (draft.logo_id, draft.data["client_name"]) == (None, example_posted()["client_name"])


def test_an_edit_is_saved_and_keeps_the_old_logo(login, partner):
    registration, browser = a_draft(partner), login(partner)
    upload(browser, registration, picture())
    digest = again(registration).draft.logo_id
    answer = upload(browser, registration, bytes(4 * MIB), 2, client_name="Typed All The Same")
    assert about_the_logo(answer) == ["L-03"]
    draft = again(registration).draft
    assert (draft.logo_id, draft.data["client_name"]) == (digest, "Typed All The Same")


def test_a_form_that_cannot_be_saved_says_it_too(login, partner):
    registration = a_draft(partner)
    answer = upload(login(partner), registration, bytes(4 * MIB), client_name="x" * 5000)
    assert about_the_logo(answer) == ["L-03"]
    assert with_attribute(answer.text, "id", "id_client_name")[0].get("value") == "x" * 5000


def test_a_larger_file_is_dropped_after_its_first_mebibyte(login, partner):
    registration, browser = a_draft(partner), login(partner)
    body = bytes(LONGEST_WITH_FILE - REST)
    tracemalloc.start()
    try:
        assert upload(browser, registration, body).status_code == 200
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The test's client holds the body more than once; the portal must not add to that.
    assert most < 4.5 * len(body)


def test_more_than_the_form_may_have_leads_back_to_the_form(login, partner):
    registration = a_draft(partner)
    answer = upload(login(partner), registration, bytes(LONGEST_WITH_FILE))
    assert answer.status_code == 413
    assert with_attribute(answer.text, "href", at(registration, "edit/"))
    assert again(registration).draft.version == 1


@pytest.mark.parametrize("address", ["/registrations/import/", "/accounts/login/", "/missing/"])
def test_other_addresses_take_three_mebibytes(login, partner, address):
    assert login(partner).post(address, {"file": file(bytes(4 * MIB))}).status_code == 413


def test_a_form_without_files_takes_three_mebibytes(login, partner):
    typed = b"client_name=" + b"x" * (4 * MIB)
    answer = login(partner).post(
        "/registrations/new/", typed, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


def test_too_much_text_is_too_large_as_well(login, partner):
    answer = login(partner).post("/registrations/new/", example_posted(tos_uri="x" * (4 * MIB)))
    assert answer.status_code == 413


def forgotten(browser, partner):
    browser.session.flush()


def never_signed_in(browser, partner):
    browser.cookies.clear()


def made_up(browser, partner):
    (name,) = (cookie for cookie in browser.cookies if "session" in cookie)
    browser.cookies[name] = "a\\000b"


def ended_by_a_new_password(browser, partner):
    person = User.objects.get(pk=partner.pk)
    person.set_password("amber-harbour-71")
    person.save()


@pytest.mark.parametrize("lost", [forgotten, never_signed_in, made_up, ended_by_a_new_password])
def test_who_is_not_signed_in_may_send_three_mebibytes(login, partner, lost):
    browser = login(partner)
    lost(browser, partner)
    answer = browser.post("/registrations/new/", example_posted() | {"logo": file(bytes(4 * MIB))})
    assert answer.status_code == 413
    assert "3 MiB if you have been signed out" in answer.text


def test_nobody_may_send_more_than_three_mebibytes(db):
    answer = Client().post("/registrations/new/", {"logo": file(bytes(4 * MIB))})
    assert answer.status_code == 413
