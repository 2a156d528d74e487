"""Ending a registration: what is told before, the tick, and what is left."""

import pytest
from django.utils import timezone

from registrations.workflow import client, drafting
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.pages import words
from tests.support.registrations import (
    a_draft,
    again,
    approved,
    change,
    excepted,
    reveal,
    submitted,
)

GHOST = "/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/close/"
SURE = {"sure": "on"}


def list_items(page):
    return [e.words() for e in elements(page.text) if e.tag == "li"]


def test_the_page_says_what_ends(login, partner, lead):
    registration = change(excepted(partner, lead), partner, client_name="New Name")
    reveal(registration, partner)
    drafting.submit(registration.uuid, by=partner)
    page = login(partner).get(at(registration, "close/"))
    assert page.status_code == 200
    for words_ in ("stops for good", "secrets are revoked", "PKCE exception ends", "withdrawn", "draft"):
        assert any(words_ in line for line in list_items(page)), words_
    assert again(registration).status == "active"


def test_a_submission_has_no_client_to_end(login, partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    lines = list_items(login(partner).get(at(registration, "close/")))
    assert not [line for line in lines if "secret" in line or "PKCE" in line or "under review" in line]
    assert [line for line in lines if "draft" in line]


def test_with_the_tick_it_is_closed(login, colleague, partner, live):
    page = login(colleague).post(at(live, "close/"), SURE, follow=True)
    assert page.request["PATH_INFO"] == at(live)
    assert "The registration is closed." in page.text
    assert [e.words() for e in with_attribute(page.text, "id", "status-title")] == ["Closed"]
    assert live.secrets.get().status == "revoked"


@pytest.mark.parametrize("posted", [{}, {"sure": ""}, {"grace": "now"}])
def test_without_the_tick_nothing_happens(login, partner, live, posted):
    page = login(partner).post(at(live, "close/"), posted)
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    box = with_attribute(page.text, "id", "id_sure")[0]
    assert (box.get("aria-invalid"), box.get("aria-describedby")) == ("true", "id_sure_error")
    assert "Tick the box to close the registration." in page.text
    assert again(live).status == "active"


def test_the_button_is_there_exactly_where_it_works(login, partner, viewer, live):
    browser = login(partner)
    assert at(live, "close/") in browser.get(at(live)).text
    assert at(live, "close/") not in login(viewer).get(at(live)).text
    draft = a_draft(partner)
    assert at(draft, "close/") not in browser.get(at(draft)).text
    client.close(live.uuid, by=partner)
    assert at(live, "close/") not in browser.get(at(live)).text


def test_what_is_closed_is_not_closed_again(login, partner, live):
    client.close(live.uuid, by=partner)
    for answer in (login(partner).get(at(live, "close/")), login(partner).post(at(live, "close/"), SURE)):
        assert answer.status_code == 409
        assert at(live) in [e.get("href") for e in elements(answer.text)]


def test_a_viewer_is_told_to_ask(login, viewer, live):
    for answer in (login(viewer).get(at(live, "close/")), login(viewer).post(at(live, "close/"), SURE)):
        assert answer.status_code == 403
    assert again(live).status == "active"


def test_a_stranger_cannot_tell_it_from_nothing(login, stranger, live):
    browser = login(stranger)
    for answer, ghost in (
        (browser.get(at(live, "close/")), browser.get(GHOST)),
        (browser.post(at(live, "close/"), SURE), browser.post(GHOST, SURE)),
    ):
        assert (answer.status_code, ghost.status_code) == (404, 404)
        assert words(answer) == words(ghost)
    assert again(live).status == "active"


# What the partner reads of it afterwards


def test_a_suspension_is_explained_with_the_way_on(login, partner, viewer, reviewer, live):
    client.suspend(live.uuid, by=reviewer, reason="Your <terms> are gone.")
    page = login(partner).get(at(live))
    assert "Your &lt;terms&gt; are gone." in page.text
    assert at(live, "edit/") in [e.get("href") for e in elements(page.text)]
    assert "Pleo suspended the client." in page.text
    assert at(live, "edit/") not in login(viewer).get(at(live)).text
    client.reinstate(live.uuid, by=reviewer, note="Thank you.", signed_in_at=timezone.now())
    page = login(partner).get(at(live)).text
    assert "Why Pleo suspended this client" not in page
    assert "Thank you." in page


def test_a_closing_by_staff_is_explained_and_one_by_a_colleague_told(
    login, partner, colleague, reviewer, live
):
    client.close_as_staff(live.uuid, by=reviewer, reason="Never used.", signed_in_at=timezone.now())
    page = login(partner).get(at(live)).text
    assert "Why Pleo closed this registration" in page
    assert "Pleo closed the registration." in page
    own = approved(partner, reviewer)
    client.close(own.uuid, by=colleague)
    page = login(partner).get(at(own)).text
    assert "Why Pleo closed this registration" not in page
    assert "A colleague closed the registration." in page


def test_the_record_as_json_says_that_the_client_is_stopped(login, partner, reviewer, live):
    browser = login(partner)
    running = browser.get(at(live, "metadata.json")).json()
    client.suspend(live.uuid, by=reviewer, reason="Gone.")
    suspended = browser.get(at(live, "metadata.json")).json()
    client.close(live.uuid, by=partner)
    closed = browser.get(at(live, "metadata.json")).json()
    assert "registration_status" not in running
    assert suspended == running | {"registration_status": "suspended"}
    assert closed == running | {"registration_status": "closed"}


@pytest.mark.parametrize("page", ["credentials/", "", "metadata.json"])
def test_the_pages_of_a_closed_client_can_be_read(login, partner, live, page):
    client.close(live.uuid, by=partner)
    assert login(partner).get(at(live, page)).status_code == 200
