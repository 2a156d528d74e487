"""The page that confirms a submission, and how few presses lead to it."""

import pytest

from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.pages import words
from tests.support.registrations import a_draft, applied, approved, change, submitted


def said(page):
    return " ".join(words(page).split())


def press(browser, page, address):
    """Press the button of the form that leads there, with what the form holds."""
    assert with_attribute(page.text, "action", address)
    hidden = [e for e in elements(page.text) if e.tag == "input" and e.get("type") == "hidden"]
    return browser.post(address, {e.get("name"): e.get("value") for e in hidden}, follow=True)


def test_two_presses_lead_from_the_form_to_the_confirmation(login, partner):
    registration, browser = a_draft(partner), login(partner)
    page = browser.post(at(registration, "edit/"), example_posted(1, then="check"), follow=True)
    page = press(browser, page, at(registration, "submit/"))
    assert page.redirect_chain == [(at(registration, "submitted/"), 302)]
    assert "Submitted for review" in words(page)


def test_it_says_what_was_submitted_and_what_happens_next(login, partner):
    registration = submitted(partner, client_name="Supplier Sync")
    page = login(partner).get(at(registration, "submitted/"))
    assert [e.words() for e in with_attribute(page.text, "data-reference")] == [str(registration.uuid)[:8]]
    what = [e.words() for e in elements(page.text) if e.tag in ("dt", "dd")]
    assert what[2:6] == ["Client", "Supplier Sync, Staging", "Version", "1"]
    assert "We email the decision to you and to the admins of Client Ltd." in said(page)
    assert with_attribute(page.text, "href", at(registration))


def test_a_colleague_does_not_read_that_they_submitted_it(login, partner, viewer):
    page = login(viewer).get(at(submitted(partner), "submitted/"))
    assert "We email the decision to the person who submitted it and to the admins" in said(page)


def test_reloading_it_changes_nothing(login, partner):
    registration, browser = submitted(partner), login(partner)
    first, second = (browser.get(at(registration, "submitted/")) for _ in range(2))
    assert words(first) == words(second)
    assert registration.revisions.count() == 1


def test_a_change_of_a_live_client_leaves_it_as_it_is_until_the_decision(login, partner, live):
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    page = login(partner).get(at(live, "submitted/"))
    assert "nothing changes for the live client" in said(page)


def test_a_change_that_needed_no_review_is_said_to_be_in_effect(login, partner, reviewer):
    live = applied(partner, reviewer)
    page = login(partner).get(at(live, "submitted/"))
    assert "Your change is in effect" in words(page)
    assert "reviewer" not in words(page)


@pytest.mark.parametrize("make", [a_draft, "decided", "withdrawn"])
def test_where_nothing_waits_it_leads_to_the_registration(login, partner, reviewer, make):
    registration = make(partner) if callable(make) else submitted(partner)
    if make == "decided":
        review.reject(registration.uuid, by=reviewer, seen_version=1, note="No.")
    if make == "withdrawn":
        drafting.withdraw(registration.uuid, by=partner)
    assert login(partner).get(at(registration, "submitted/"))["Location"] == at(registration)


def test_an_approval_is_not_called_a_change_without_a_review(login, partner, reviewer):
    live = approved(partner, reviewer)
    assert login(partner).get(at(live, "submitted/"))["Location"] == at(live)
