"""From a typed address to a contact who hears of the client, or who wants to hear nothing."""

import re

import pytest
from django.test import Client

from tests.emails.sending import delivered, only, readers
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.registrations import a_draft, again, approved, submitted

pytestmark = pytest.mark.django_db

ADDRESS = "name.surname@client.example"


def hand_in(browser, registration):
    """Press the button of the page that checks the answers."""
    page = browser.get(at(registration, "check/"))
    hidden = [e for e in elements(page.text) if e.tag == "input" and e.get("type") == "hidden"]
    answers = {e.get("name"): e.get("value") for e in hidden}
    return browser.post(at(registration, "submit/"), answers, follow=True)


def opened(email):
    """The page that the link in the email opens, in a browser without an account; and its address."""
    address = re.search(r"https://testserver(/contacts/\S+)", email.body)[1]
    visitor = Client()
    return visitor, visitor.get(address), address


def press(visitor, page, address, answer):
    assert answer in [e.get("value") for e in with_attribute(page.text, "name", "answer")]
    return visitor.post(address, {"answer": answer}, follow=True)


def on_the_desk(browser, registration):
    page = browser.get(f"/admin/registrations/registration/{registration.uuid}/review/").text
    return page.split('data-shows="contacts"')[1].split("</dl>")[0]


def test_partner_submits_contact_confirms_and_the_reviewer_sees_it(login, partner, reviewer):
    registration = a_draft(partner)
    page = hand_in(login(partner), registration)
    assert [e.get("data-contact") for e in with_attribute(page.text, "data-contact")] == ["unconfirmed"]
    assert "Not confirmed" in on_the_desk(login(reviewer), registration)
    page = press(*opened(only("Confirm that you are a contact")), "confirm")
    assert "You are a confirmed contact" in page.text
    assert "Not confirmed" not in on_the_desk(login(reviewer), registration)
    assert "Confirmed" in on_the_desk(login(reviewer), registration)
    page = login(partner).get(at(registration))
    assert [e.get("data-contact") for e in with_attribute(page.text, "data-contact")] == ["confirmed"]
    login(partner).post(at(registration, "close/"), {"sure": "on"})
    assert again(registration).status == "closed"
    assert readers(delivered("Closed")) == [ADDRESS, "partner@client.example"]


def test_a_stranger_whose_address_was_typed_says_not_me_and_hears_nothing_again(login, partner, reviewer):
    registration = approved(partner, reviewer)
    page = press(*opened(only("Confirm that you are a contact")), "not_me")
    assert "You are no contact of Client Ltd" in re.sub("</?bdi>", "", page.text)
    assert "Answered “not me”" in on_the_desk(login(reviewer), registration)
    submitted(partner, client_name="Second Client")
    login(partner).post(at(registration, "close/"), {"sure": "on"})
    everything = delivered("")
    assert [email.subject for email in everything if ADDRESS in email.to] == [
        "Confirm that you are a contact"
    ]
