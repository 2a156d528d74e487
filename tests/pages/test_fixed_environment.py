"""The environment of a client that was approved once: shown, and no longer asked for."""

import pytest

from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.pages import words
from tests.support.registrations import a_draft, again, approved, change


def refused(page):
    return [e.get("data-field") for e in with_attribute(page.text, "data-rule", "K-07")]


def fields(page):
    found = with_attribute(page.text, "name", "environment")
    return [(e.get("type"), e.get("value")) for e in found if e.tag == "input"]


def test_a_draft_that_was_never_approved_may_choose(login, partner):
    page = login(partner).get(at(a_draft(partner), "edit/"))
    assert fields(page) == [("radio", "staging"), ("radio", "production")]


def test_the_form_of_a_live_client_shows_it_and_does_not_ask(login, partner, live):
    page = login(partner).get(at(live, "edit/"))
    assert fields(page) == [("hidden", "staging")]
    assert [e.words() for e in with_attribute(page.text, "id", "id_environment")] == ["Staging"]
    assert "You cannot change the environment after the first approval." in words(page)


@pytest.fixture
def elsewhere(partner, live):
    """A draft that asks for the other environment."""
    return change(live, partner, environment="production")


def test_another_one_is_refused_beside_the_field_after_a_save(login, partner, live):
    browser = login(partner)
    saved = browser.post(at(live, "edit/"), example_posted(0, "check", environment="production"), follow=True)
    assert again(live).draft.data["environment"] == "production"
    assert refused(saved) == ["environment"]
    assert with_attribute(saved.text, "data-error-summary")
    assert fields(saved) == [("hidden", "staging")]


def test_the_check_page_names_it_and_promises_no_review(login, partner, elsewhere):
    page = login(partner).get(at(elsewhere, "check/"))
    assert refused(page) == ["environment"]
    assert not with_attribute(page.text, "data-needs-review")
    assert "Pleo reviews this first" not in words(page)
    assert not with_attribute(page.text, "action", at(elsewhere, "submit/"))


def test_it_cannot_be_handed_in_and_everything_else_is_told_as_well(login, partner, live):
    draft = change(live, partner, environment="production", policy_uri="").draft
    page = login(partner).post(at(live, "submit/"), {"draft_version": draft.version})
    assert page.status_code == 422
    assert refused(page) == ["environment"]
    assert with_attribute(page.text, "data-field", "policy_uri")


def test_the_live_check_says_the_same(login, partner, live):
    browser = login(partner)
    posted = example_posted(0, environment="production", scope=["users:read"])
    posted["registration"] = str(live.uuid)
    found = browser.post("/registrations/check/", posted).json()["findings"]
    assert [(one["rule"], one["field"]) for one in found] == [("K-07", "environment")]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_what_is_left_out_stays_as_it_is(login, partner, reviewer, environment):
    registration = approved(partner, reviewer, environment=environment)
    browser = login(partner)
    posted = example_posted(0, scope=["users:read"])
    del posted["environment"]
    asked = browser.post("/registrations/check/", posted | {"registration": str(registration.uuid)})
    assert asked.json()["findings"] == []
    browser.post(at(registration, "edit/"), posted)
    assert again(registration).draft.data["environment"] == environment


def test_saving_the_form_puts_a_strange_draft_right(login, partner, elsewhere):
    browser = login(partner)
    page = browser.get(at(elsewhere, "edit/"))
    assert "Save the draft to correct this" in words(page)
    hidden = {e.get("name"): e.get("value") for e in elements(page.text) if e.get("type") == "hidden"}
    browser.post(
        at(elsewhere, "edit/"), example_posted(hidden["draft_version"], environment=hidden["environment"])
    )
    assert again(elsewhere).draft.data["environment"] == "staging"
