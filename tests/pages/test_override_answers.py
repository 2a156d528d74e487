"""What the partner asked a reviewer to accept stays in sight, and so does what became of it."""

import pytest
from django.utils import timezone

from registrations.workflow import drafting, review
from tests.emails.sending import delivered, parts
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.registrations import a_draft, approved, change, submitted

NAME = "Pleo Museum & Shop"
WHY = "The museum has had this name since 1954."
ASKS = {"client_name": NAME, "review_asked": [{"rule": "N-05", "value": NAME, "reason": WHY}]}


@pytest.fixture
def waiting(partner):
    return submitted(partner, **ASKS)


def accept(registration, by):
    asked = {"rule": "N-05", "value": NAME, "reason": "A museum indeed."}
    review.override(registration.uuid, by=by, seen_version=1, **asked)


def request_lines(browser, registration):
    page = browser.get(at(registration))
    assert "Museum & Shop" not in page.text
    return [e.words() for e in with_attribute(page.text, "data-asks", "N-05")]


def test_a_draft_asks_when_it_is_submitted(login, partner):
    (line,) = request_lines(login(partner), a_draft(partner, **ASKS))
    assert line.startswith(f"{NAME} Pleo decides after you submit. {WHY}")


def test_the_value_and_the_reason_stand_there_while_it_waits(login, partner, waiting):
    (line,) = request_lines(login(partner), waiting)
    assert line.startswith(f"{NAME} Waiting for Pleo’s decision. {WHY}")


def test_what_came_back_without_an_answer_was_not_accepted(login, partner, reviewer, waiting):
    review.reject(waiting.uuid, by=reviewer, seen_version=1, note="Another name, please.")
    assert "Pleo did not accept this." in request_lines(login(partner), waiting)[0]


def test_what_was_accepted_says_so_from_then_on(login, partner, reviewer, waiting):
    accept(waiting, reviewer)
    browser = login(partner)
    assert "Pleo accepted this." in request_lines(browser, waiting)[0]
    review.approve(waiting.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    change(waiting, partner, **ASKS, contacts=["other@client.example"])
    drafting.submit(waiting.uuid, by=partner)
    (line,) = request_lines(browser, waiting)
    assert "Pleo accepted this." in line
    assert "A museum indeed." not in line


def test_for_the_other_environment_it_waits_again(login, partner, reviewer, waiting):
    accept(waiting, reviewer)
    drafting.withdraw(waiting.uuid, by=partner)
    change(waiting, partner, environment="production", scope=["users:read"])
    drafting.submit(waiting.uuid, by=partner)
    assert "Waiting for Pleo’s decision." in request_lines(login(partner), waiting)[0]


def test_who_asked_nothing_reads_nothing_of_it(login, partner, reviewer):
    assert (
        "Values that you asked Pleo to accept" not in login(partner).get(at(approved(partner, reviewer))).text
    )


def test_the_email_of_the_approval_names_what_was_accepted(partner, reviewer, waiting):
    accept(waiting, reviewer)
    review.approve(waiting.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    plain, html = parts(*delivered("Approved"))
    assert f"Pleo accepted this value, which the rules reject: {NAME}\n" in plain
    assert "<code>Pleo Museum &amp; Shop</code>" in html
