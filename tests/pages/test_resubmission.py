"""Handing in again what a reviewer turned down: possible, but never by accident."""

import pytest

from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import ASK, asked, sent_back
from tests.support.pages import words
from tests.support.registrations import a_draft, change, reveal, submitted

TURNED_DOWN = {"sent back": review.request_changes, "rejected": review.reject}


@pytest.fixture(params=TURNED_DOWN)
def how(request):
    return request.param


@pytest.fixture
def turned_down(partner, reviewer, how):
    registration = submitted(partner, scope=["users:write", "users:read"])
    TURNED_DOWN[how](registration.uuid, by=reviewer, seen_version=1, note="Ask for less.")
    return registration


def primary(page):
    return [e.words() for e in with_attribute(page.text, "class", "btn btn-primary")]


def check_page(browser, registration):
    return browser.get(at(registration, "check/"))


def is_warned(page):
    return bool(with_attribute(page.text, "data-unchanged"))


def test_editing_is_what_comes_next(login, partner, turned_down):
    assert primary(login(partner).get(at(turned_down))) == ["Edit"]


def test_editing_is_what_comes_next_for_a_change_as_well(login, partner, reviewer, live, how):
    reveal(live, partner)
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    TURNED_DOWN[how](live.uuid, by=reviewer, seen_version=2, note="Keep the name.")
    assert primary(login(partner).get(at(live))) == ["Edit the change"]


def test_a_first_draft_is_to_be_finished_and_can_be_checked(login, partner):
    page = login(partner).get(at(draft := a_draft(partner)))
    assert primary(page) == ["Go on with the form"]
    assert at(draft, "check/") in [e.get("href") for e in elements(page.text) if e.tag == "a"]


def test_the_check_says_that_nothing_has_changed_and_still_lets_it_through(login, partner, turned_down, how):
    browser = login(partner)
    page = check_page(browser, turned_down)
    assert f"Nothing has changed since this was {how}" in words(page)
    assert "Ask for less." in words(page)
    assert browser.post(at(turned_down, "submit/"), {"draft_version": 1}).status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": ["users:read"]},
        {"scope_reasons": {"users:read": "To show who has to approve an invoice."}},
    ],
)
def test_any_change_silences_it(login, partner, turned_down, changes):
    change(turned_down, partner, **changes)
    assert not is_warned(check_page(login(partner), turned_down))


def test_another_order_is_no_change(login, partner, turned_down):
    change(turned_down, partner, scope=["users:read", "users:write"])
    assert is_warned(check_page(login(partner), turned_down))


def test_what_the_partner_took_back_is_no_matter(login, partner):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    assert not is_warned(check_page(login(partner), registration))


def unanswered(page):
    return [e.get("data-unanswered") for e in with_attribute(page.text, "data-unanswered")]


def test_questions_without_an_answer_are_counted_and_lead_to_their_place(login, partner, reviewer):
    registration = submitted(partner)
    name, scope = asked(registration, reviewer), asked(registration, reviewer, "Why?", field="scope")
    sent_back(registration, reviewer)
    browser = login(partner)
    page = check_page(browser, registration)
    assert "2 questions have no answer" in words(page)
    assert ASK in words(page).replace("&lt;", "<").replace("&gt;", ">")
    assert unanswered(page) == [str(name.uuid), str(scope.uuid)]
    assert with_attribute(page.text, "href", at(registration, f"edit/#id_answer-{scope.uuid}"))
    change(registration, partner, answers={str(scope.uuid): "Invoices."})
    page = check_page(browser, registration)
    assert not is_warned(page)
    assert "1 question has no answer" in words(page)
    assert unanswered(page) == [str(name.uuid)]
    assert with_attribute(page.text, "action", at(registration, "submit/"))


def test_an_answer_that_was_given_waits_for_the_reviewer(login, partner, reviewer):
    registration = submitted(partner)
    name = asked(registration, reviewer)
    sent_back(registration, reviewer)
    change(registration, partner, answers={str(name.uuid): "The one for accountants."})
    drafting.submit(registration.uuid, by=partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=2, note="Thanks. Use less scope.")
    assert unanswered(check_page(login(partner), registration)) == []
