"""Changing a live client: what the check page announces, and what pressing the button does."""

import pytest

from registrations.domain import rereview
from registrations.models import Draft
from registrations.workflow import client, drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.pages import words
from tests.support.registrations import REASON, a_draft, change, excepted, in_days, reveal
from tests.support.statements import statements

CONTACTS = {"contacts": ["other@client.example"]}
NAME = {"client_name": "Renamed Client"}


def check_page(browser, registration):
    return browser.get(at(registration, "check/"))


def hidden(page):
    """What the button would send."""
    fields = [e for e in elements(page.text) if e.tag == "input" and e.get("type") == "hidden"]
    return {e.get("name"): e.get("value") for e in fields if e.get("name") != "csrfmiddlewaretoken"}


def version(registration):
    """Of the draft, as its page carries it."""
    return str(Draft.objects.get(registration=registration).version)


def press(browser, registration, page, **kwargs):
    return browser.post(at(registration, "submit/"), hidden(page), **kwargs)


def outcome(page):
    return [e.get("data-outcome") for e in with_attribute(page.text, "data-outcome")]


def test_the_page_announces_what_applies_at_once_and_it_does(login, partner, live):
    change(live, partner, **CONTACTS)
    browser = login(partner)
    page = check_page(browser, live)
    assert outcome(page) == ["apply"]
    assert "Apply the change" in words(page)
    assert hidden(page) == {"draft_version": version(live), "announced": "apply", "live_version": "1"}
    done = press(browser, live, page, follow=True)
    assert "Your change is in effect" in done.text
    assert "It took effect at once." in browser.get(at(live)).text
    assert live.revisions.get(status="approved").contacts == CONTACTS["contacts"]


def test_a_choice_is_compared_by_its_label(login, partner, live):
    change(live, partner, subject_type_preference="company")
    browser = login(partner)
    for page in (check_page(browser, live), browser.get(at(live))):
        values = [e.words() for e in elements(page.text) if e.tag == "bdi"]
        assert "Company" in values
        assert "company" not in values


def test_the_page_says_what_needs_a_review_and_what_alone_would_not(login, partner, live):
    change(live, partner, **CONTACTS, **NAME)
    browser = login(partner)
    page = check_page(browser, live)
    assert outcome(page) == ["review"]
    assert [e.words() for e in with_attribute(page.text, "data-needs-review")] == ["Client name"]
    assert [e.words() for e in with_attribute(page.text, "data-at-once")] == ["Contacts"]
    assert "Submit for review" in words(page)
    assert "Submitted for review" in press(browser, live, page, follow=True).text
    assert live.revisions.get(status="under_review").client_name == "Renamed Client"


def test_a_draft_that_changes_nothing_cannot_be_handed_in(login, partner, live):
    change(live, partner)
    browser = login(partner)
    page = check_page(browser, live)
    assert outcome(page) == ["none"]
    assert not with_attribute(page.text, "action", at(live, "submit/"))
    answer = browser.post(at(live, "submit/"), {"draft_version": version(live)})
    assert answer.status_code == 409
    assert "the same as the live version" in words(answer)


@pytest.mark.parametrize("changes", [CONTACTS, NAME])
def test_a_press_that_would_do_something_else_shows_the_page_afresh(login, partner, live, changes):
    change(live, partner, **changes)
    browser = login(partner)
    other = {"announced": "review" if changes is CONTACTS else "apply", "draft_version": version(live)}
    answer = browser.post(at(live, "submit/"), other)
    assert answer.status_code == 409
    assert outcome(answer) == ["apply" if changes is CONTACTS else "review"]
    assert "Check what happens now" in words(answer)
    assert live.revisions.count() == 1
    assert press(browser, live, answer).status_code == 302
    assert live.revisions.count() == 2


def test_a_colleagues_change_in_between_is_no_silent_surprise(login, partner, colleague, live):
    change(live, partner, **CONTACTS)
    browser = login(partner)
    seen = check_page(browser, live)
    drafting.submit(live.uuid, by=colleague)
    change(live, colleague, **CONTACTS, scope=["test:test"])
    answer = press(browser, live, seen)
    assert answer.status_code == 409
    assert "saved elsewhere in the meantime" in words(answer)
    answer = browser.post(at(live, "submit/"), hidden(seen) | {"draft_version": version(live)})
    assert answer.status_code == 409
    assert "Another version went live in the meantime" in words(answer)
    assert live.revisions.count() == 2


def test_a_draft_that_nobody_saw_does_not_take_effect(login, partner, colleague, live):
    change(live, partner, **CONTACTS)
    browser = login(partner)
    seen = check_page(browser, live)
    drafting.discard(live.uuid, by=colleague)
    change(live, colleague, contacts=["unseen@client.example"])
    assert press(browser, live, seen).status_code == 409
    assert live.revisions.count() == 1


def test_while_suspended_the_page_announces_a_review(login, partner, reviewer, live):
    change(live, partner, **CONTACTS)
    client.suspend(live.uuid, by=reviewer, reason="The terms of service have gone.")
    page = check_page(login(partner), live)
    assert outcome(page) == ["review"]
    assert "The client is suspended" in words(page)


def test_an_announcement_is_not_needed(login, partner, live):
    change(live, partner, **CONTACTS)
    assert login(partner).post(at(live, "submit/")).status_code == 302
    assert live.revisions.get(status="approved").number == 2


def test_checking_a_change_keeps_its_budget(login, partner, live):
    change(live, partner, **CONTACTS)
    browser = login(partner)
    with statements() as check:
        page = check_page(browser, live)
    with statements() as submit:
        press(browser, live, page)
    assert len(check) <= 9
    assert len(submit) <= 34  # one of them for the feed, and five for the contacts who are asked


def test_a_draft_copied_from_live_asks_for_an_exception_only_while_one_runs(login, partner, lead):
    registration = excepted(partner, lead, days=90)
    browser = login(partner)
    assert REASON in browser.get(at(registration, "edit/")).text
    registration.pkce_exceptions.update(expires_on=in_days(-1))
    assert REASON not in browser.get(at(registration, "edit/")).text


@pytest.mark.parametrize(
    ("verb", "title"),
    [
        (review.request_changes, "Your last change was sent back"),
        (review.reject, "Your last change was rejected"),
    ],
)
def test_a_change_that_was_turned_down_is_no_dead_end(login, partner, reviewer, live, verb, title):
    reveal(live, partner)
    browser = login(partner)
    before = browser.get(at(live, "metadata.json")).content
    change(live, partner, **NAME)
    drafting.submit(live.uuid, by=partner)
    verb(live.uuid, by=reviewer, seen_version=2, note="Keep the name.")
    page = browser.get(at(live))
    assert [e.words() for e in with_attribute(page.text, "class", "status status-live")] == ["Live"]
    assert title in words(page)
    assert "Keep the name." in words(page)
    assert "Edit the change" in words(page)
    assert "You have nothing to do" not in words(page)
    assert browser.get(at(live, "metadata.json")).content == before
    change(live, partner, client_name="Better Name")
    assert press(browser, live, check_page(browser, live)).status_code == 302
    assert browser.get(at(live, "metadata.json")).content == before
    assert title not in words(browser.get(at(live)))


def test_a_live_client_offers_to_be_changed_and_shows_what_the_draft_would_change(login, partner, live):
    browser = login(partner)
    assert "Change this client" in words(browser.get(at(live)))
    change(live, partner, **NAME)
    page = browser.get(at(live))
    assert "Changes in your draft" in words(page)
    assert "Edit the change" in words(page)


def test_the_form_says_that_the_client_is_live_and_what_waits_for_a_review(login, partner, live):
    page = login(partner).get(at(live, "edit/"))
    assert [e.words() for e in elements(page.text) if e.tag == "h1"] == ["Change Example Client"]
    assert "<title>Change Example Client" in page.text
    assert "It stays as it is while you edit" in words(page)
    assert all(label in words(page) for label, _ in rereview.table())


def test_the_form_of_what_is_not_live_says_nothing_of_it(login, partner):
    page = login(partner).get(at(a_draft(partner), "edit/"))
    assert "<title>Edit Example Client" in page.text
    assert "keeps working" not in words(page)


def test_the_form_of_a_suspended_client_says_so(login, partner, reviewer, live):
    client.suspend(live.uuid, by=reviewer, reason="The terms of service have gone.")
    assert "This client is suspended. Pleo reviews every change" in words(
        login(partner).get(at(live, "edit/"))
    )


def test_the_table_is_published_from_the_constant(client, db):
    page = client.get("/rules/").text.partition('id="changes"')[2]
    cells = [e.words().lower() for e in elements(page) if e.tag in ("th", "td")][2:]
    assert cells == [text.lower() for row in rereview.table() for text in row]
