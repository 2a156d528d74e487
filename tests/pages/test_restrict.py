"""Taking redirect URIs and scopes away at once: what is told before, the ticks, and what is left."""

import pytest
from django.test import Client

from portal.limits import SUBMIT, spend
from registrations.workflow import client, drafting
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.pages import words
from tests.support.registrations import approved, change, excepted, submitted

GHOST = "/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/restrict/"
KEPT, LEAKED = "https://client.example/callback", "https://client.example/leaked"
URIS = {"redirect_uris": [KEPT, LEAKED]}
SCOPES = ["test:test", "users:read", "users:write"]
TAKE = {"redirect_uris": [LEAKED], "sure": "on"}


@pytest.fixture
def two_uris(partner, reviewer):
    """A live client with two redirect URIs and three scopes."""
    return approved(partner, reviewer, **URIS)


def path(registration):
    return at(registration, "restrict/")


def live_of(registration):
    return registration.revisions.live().get()


def boxes(page):
    """The value of each box, and whether it is ticked."""
    found = with_attribute(page.text, "type", "checkbox")
    return {box.get("value") or box.get("name"): "checked" in box.attrs for box in found}


def list_items(page):
    return [e.words() for e in elements(page.text) if e.tag == "li"]


def test_the_page_offers_what_is_live_and_says_what_happens(login, partner, two_uris):
    page = login(partner).get(path(two_uris))
    assert page.status_code == 200
    assert boxes(page) == dict.fromkeys([KEPT, LEAKED, *SCOPES, "sure"], False)
    for said in ("takes effect at once", "You cannot undo it yourself", "so do the secrets."):
        assert any(said in line for line in list_items(page)), said
    assert not [line for line in list_items(page) if "under review" in line or "draft" in line]
    assert live_of(two_uris).number == 1


def test_it_says_what_stays_beside(login, partner, lead, reviewer):
    registration = excepted(partner, lead, **URIS)
    change(registration, partner, **URIS, client_name="Renamed Client")
    page = login(partner).get(path(registration))
    assert "and the PKCE exception" in page.text
    assert any("Your draft stays as it is" in line for line in list_items(page))
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    assert "The client stays suspended." in login(partner).get(path(registration)).text


def test_with_the_ticks_it_is_taken_away(login, colleague, two_uris):
    body = {"redirect_uris": [LEAKED], "scope": ["users:write"], "sure": "on"}
    page = login(colleague).post(path(two_uris), body, follow=True)
    assert page.request["PATH_INFO"] == at(two_uris)
    assert "Taken away. The client works without it from now on." in page.text
    assert "You took redirect URIs or scopes away from the live client." in page.text
    assert LEAKED not in page.text
    assert live_of(two_uris).uris() == (KEPT,)
    assert live_of(two_uris).scopes() == ("test:test", "users:read")
    assert login(colleague).get(at(two_uris, "metadata.json")).json()["redirect_uris"] == [KEPT]


def test_a_suspended_client_can_lose_an_address(login, partner, reviewer, two_uris):
    client.suspend(two_uris.uuid, by=reviewer, reason="A leak.")
    browser = login(partner)
    assert path(two_uris) in browser.get(at(two_uris)).text
    assert browser.post(path(two_uris), TAKE).status_code == 302
    assert live_of(two_uris).uris() == (KEPT,)


@pytest.mark.parametrize(
    ("body", "wrong", "message"),
    [
        ({"sure": "on"}, "redirect_uris", "Choose at least one redirect URI or scope."),
        ({"redirect_uris": [LEAKED]}, "sure", "Tick the box to take it away."),
        ({"redirect_uris": [KEPT, LEAKED], "sure": "on"}, "redirect_uris", "At least one redirect URI has"),
        ({"scope": SCOPES, "sure": "on"}, "scope", "At least one scope has to stay."),
    ],
)
def test_an_error_stands_beside_its_field_and_the_ticks_stay(login, partner, two_uris, body, wrong, message):
    page = login(partner).post(path(two_uris), body)
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert page.text.count(message) == 2, "in the summary and beside the field"
    assert f'href="#id_{wrong}"' in page.text
    ticked = {value for value, is_ticked in boxes(page).items() if is_ticked}
    assert ticked == {*body.get("redirect_uris", ()), *body.get("scope", ())} | ({"sure"} & body.keys())
    assert live_of(two_uris).number == 1


def test_all_errors_are_said_at_once_each_with_its_rule(login, partner, two_uris):
    page = login(partner).post(path(two_uris), {"redirect_uris": [KEPT, LEAKED], "scope": SCOPES})
    findings = with_attribute(page.text, "data-rule")
    assert [(one.get("data-field"), one.get("data-rule"), one.get("data-severity")) for one in findings] == [
        ("redirect_uris", "R-01", "reject"),
        ("scope", "S-01", "reject"),
    ]
    assert "Tick the box to take it away." in page.text


def test_the_only_one_has_no_box(login, partner, live):
    page = login(partner).get(path(live))
    assert set(boxes(page)) == {*SCOPES, "sure"}
    (only,) = with_attribute(page.text, "id", "id_redirect_uris")
    assert only.words() == f"{KEPT} is the only redirect URI, so it has to stay."


def test_where_nothing_can_go_there_is_no_button(login, partner, reviewer):
    registration = approved(partner, reviewer, scope=["users:read"])
    browser = login(partner)
    assert path(registration) not in browser.get(at(registration)).text
    page = browser.get(path(registration))
    assert boxes(page) == {}
    assert "there is nothing to take away" in page.text


def test_the_second_press_hears_that_it_is_gone(login, partner, two_uris):
    browser = login(partner)
    browser.post(path(two_uris), TAKE)
    page = browser.post(path(two_uris), TAKE)
    assert page.status_code == 409
    assert f"no longer has it: {LEAKED}" in page.text
    assert live_of(two_uris).number == 2


@pytest.mark.parametrize("foreign", ["https://evil.example/", f"{LEAKED}/", "a" * 3000])
def test_what_is_not_live_cannot_be_taken_away(login, partner, two_uris, foreign):
    page = login(partner).post(path(two_uris), {"redirect_uris": [LEAKED, foreign], "sure": "on"})
    assert page.status_code in (409, 422)
    assert live_of(two_uris).number == 1


def test_while_a_change_is_under_review_the_page_says_what_may_come_back(login, partner, two_uris):
    change(two_uris, partner, redirect_uris=[KEPT, LEAKED], scope=["users:read"], client_name="Renamed")
    drafting.submit(two_uris.uuid, by=partner)
    browser = login(partner)
    page = browser.get(path(two_uris))
    assert page.text.count("The change under review asks for it, too.") == 3
    assert any("The change under review stays as it is." in line for line in list_items(page))
    page = browser.post(path(two_uris), {"scope": ["users:write"], "sure": "on"}, follow=True)
    assert "The change under review still asks for it" not in page.text
    page = browser.post(path(two_uris), TAKE, follow=True)
    assert "The change under review still asks for it. If that is wrong, withdraw the change." in page.text
    assert [e.words() for e in with_attribute(page.text, "id", "status-title")] == [
        "Live with a change under review, secret not revealed yet"
    ]
    assert "Changes under review" in page.text
    assert two_uris.revisions.get(number=2).status == "under_review"


def test_the_button_is_there_exactly_where_it_works(login, partner, viewer, two_uris):
    browser = login(partner)
    assert path(two_uris) in browser.get(at(two_uris)).text
    assert path(two_uris) not in login(viewer).get(at(two_uris)).text
    waiting = submitted(partner, **URIS)
    assert path(waiting) not in browser.get(at(waiting)).text
    client.close(two_uris.uuid, by=partner)
    assert path(two_uris) not in browser.get(at(two_uris)).text
    for registration in (waiting, two_uris):
        for answer in (browser.get(path(registration)), browser.post(path(registration), TAKE)):
            assert answer.status_code == 409
            assert at(registration) in [e.get("href") for e in elements(answer.text)]


def test_a_viewer_is_told_to_ask_and_a_stranger_finds_nothing(login, viewer, stranger, two_uris):
    for answer in (login(viewer).get(path(two_uris)), login(viewer).post(path(two_uris), TAKE)):
        assert answer.status_code == 403
    browser = login(stranger)
    for answer, ghost in (
        (browser.get(path(two_uris)), browser.get(GHOST)),
        (browser.post(path(two_uris), TAKE), browser.post(GHOST, TAKE)),
    ):
        assert (answer.status_code, ghost.status_code) == (404, 404)
        assert words(answer) == words(ghost)
    assert live_of(two_uris).number == 1


def test_without_a_session_or_a_token_nothing_is_taken(partner, two_uris):
    answer = Client().post(path(two_uris), TAKE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(partner)
    assert strict.post(path(two_uris), TAKE).status_code == 403
    assert live_of(two_uris).number == 1


def test_it_counts_like_a_submission(login, partner, two_uris):
    for _ in range(SUBMIT.allowed):
        spend(SUBMIT, str(partner.pk))
    assert login(partner).post(path(two_uris), TAKE).status_code == 429
    assert live_of(two_uris).number == 1
