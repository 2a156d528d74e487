"""Throwing a draft away: what is told before, and the one button that does it."""

import pytest

from registrations.models import Draft
from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.pages import words
from tests.support.registrations import a_draft, again, change, submitted


def list_text(page):
    return " ".join(e.words() for e in elements(page.text) if e.tag == "li")


def confirm_page(browser, registration):
    return browser.get(at(registration, "discard/confirm/"))


def test_the_page_of_the_registration_asks_before_anything_goes(login, partner):
    registration = a_draft(partner)
    page = login(partner).get(at(registration))
    assert with_attribute(page.text, "href", at(registration, "discard/confirm/"))
    assert not with_attribute(page.text, "action", at(registration, "discard/"))


def test_looking_throws_nothing_away_and_the_button_does(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    page = confirm_page(browser, registration)
    assert again(registration).draft
    (form,) = with_attribute(page.text, "action", at(registration, "discard/"))
    assert browser.post(form.get("action")).status_code == 302
    assert not Draft.objects.exists()


def test_what_was_never_submitted_closes(login, partner):
    page = confirm_page(login(partner), a_draft(partner))
    assert "the registration is closed as well" in list_text(page)
    assert "Discard the draft and close the registration" in words(page)


def test_what_came_back_stays_on_record(login, partner, reviewer):
    registration = submitted(partner)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="No.")
    page = confirm_page(login(partner), registration)
    assert "What you submitted stays on record" in list_text(page)
    assert "closed" not in list_text(page)


def test_the_live_version_stays_as_it_is(login, partner, live):
    page = confirm_page(login(partner), change(live, partner, client_name="Renamed Client"))
    assert "The live version stays as it is." in list_text(page)


@pytest.mark.parametrize("make", [submitted, lambda by: without_a_draft(by)])
def test_without_a_draft_to_throw_away_there_is_no_such_page(login, partner, make):
    registration = make(partner)
    assert confirm_page(login(partner), registration)["Location"] == at(registration)


def without_a_draft(by):
    registration = a_draft(by)
    drafting.discard(registration.uuid, by=by)
    return registration
