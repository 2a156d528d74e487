"""The page that a contact opens by the link in the email: it shows who names them, and takes their answer."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from portal.limits import CONTACT_LINK
from registrations.models import ContactConfirmation
from registrations.workflow import client as closing
from registrations.workflow import contacts
from tests.emails.sending import delivered, only
from tests.pages.elements import elements, with_attribute
from tests.support import people
from tests.support.limits import use_up
from tests.support.pages import words
from tests.support.registrations import applied, submitted

pytestmark = pytest.mark.django_db

ADDRESS = "name.surname@client.example"


def link_in(email):
    return re.search(r"https://testserver(/contacts/\S+)", email.body)[1]


def of(address=ADDRESS):
    return ContactConfirmation.objects.get(address=address)


def page_of(address=ADDRESS):
    return reverse("registrations:contact", args=[of(address).token])


def said(page):
    return " ".join(re.sub("<[^>]*>", " ", unescape(words(page))).split())


def buttons(page):
    return [e.get("value") for e in with_attribute(page.text, "name", "answer")]


def test_the_link_in_the_email_opens_the_page_without_an_account(partner, client):
    submitted(partner, client_name="Supplier Sync")
    email = only("Confirm that you are a contact")
    assert email.to == [ADDRESS]
    assert "Client Ltd named name.surname@client.example" in email.body
    assert "- Supplier Sync (staging)" in email.body
    page = client.get(link_in(email))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words_of_it in ("Client Ltd", ADDRESS, "Supplier Sync", "What a contact gets"):
        assert words_of_it in said(page)
    assert buttons(page) == ["confirm", "not_me"]


def test_the_page_names_every_client_of_the_organisation_that_names_the_address(partner, stranger, client):
    submitted(partner, client_name="Supplier Sync")
    submitted(partner, client_name="Invoice Bridge")
    submitted(partner, client_name="Elsewhere", contacts=["other@client.example"])
    submitted(stranger, client_name="Foreign Client")
    named = ContactConfirmation.objects.get(address=ADDRESS, organisation=people.home(partner))
    page = client.get(reverse("registrations:contact", args=[named.token]))
    listed = [e.words() for e in elements(page.text) if e.tag == "strong"]
    assert listed == ["Invoice Bridge", "Supplier Sync"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_page_answers_nothing(partner, client, method):
    submitted(partner)
    for _ in range(3):
        getattr(client, method)(page_of(), {"answer": "not_me"})
    assert of().status == "unconfirmed"


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        ("confirm", "confirmed", "You are a confirmed contact"),
        ("not_me", "refused", "You are no contact of Client Ltd"),
    ],
)
def test_an_answer_is_booked_shown_and_may_be_given_twice(partner, client, answer, status, heading):
    submitted(partner)
    for _ in range(2):
        page = client.post(page_of(), {"answer": answer}, follow=True)
        assert page.status_code == 200
        assert heading in said(page)
    assert of().status == status


def test_a_confirmed_contact_can_still_say_not_me(partner, client):
    submitted(partner)
    contacts.confirm(of().token)
    assert buttons(client.get(page_of())) == ["not_me"]
    client.post(page_of(), {"answer": "not_me"})
    assert buttons(client.get(page_of())) == []
    assert of().status == "refused"


def test_confirming_after_not_me_is_refused_with_the_reason(partner, client):
    submitted(partner)
    contacts.refuse(of().token)
    page = client.post(page_of(), {"answer": "confirm"})
    assert page.status_code == 409
    assert "That answer stays." in said(page)
    assert of().status == "refused"


def test_an_address_that_no_client_names_any_more_has_only_not_me(partner, reviewer, client):
    applied(partner, reviewer)
    page = client.get(page_of())
    assert "does not name name.surname@client.example as a contact of a client any more" in said(page)
    assert buttons(page) == ["not_me"]
    assert client.post(page_of(), {"answer": "confirm"}).status_code == 409


@pytest.mark.parametrize("answer", [{}, {"answer": "perhaps"}, {"answer": ""}])
def test_another_answer_changes_nothing_and_says_so(partner, client, answer):
    submitted(partner)
    page = client.post(page_of(), answer)
    assert page.status_code == 422
    assert "Choose one of the answers below." in said(page)
    assert of().status == "unconfirmed"


def test_a_post_needs_the_token_of_the_form(partner):
    submitted(partner)
    answer = Client(enforce_csrf_checks=True).post(page_of(), {"answer": "not_me"})
    assert answer.status_code == 403
    assert of().status == "unconfirmed"


def test_pages_of_one_network_are_limited(partner, client):
    submitted(partner)
    use_up(CONTACT_LINK, "127.0.0.1")
    answer = client.get(page_of())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_names_are_escaped(partner, client):
    partner.organisations.update(name="<b>Client</b>")
    submitted(partner)
    assert "&lt;b&gt;Client" in client.get(page_of()).text
    assert "<b>Client" not in client.get(page_of()).text


def test_whoever_has_answered_or_is_deactivated_is_sent_no_link(partner):
    submitted(partner, contacts=[ADDRESS, "second@client.example", "third@client.example"])
    contacts.confirm(of().token)
    contacts.refuse(of("second@client.example").token)
    people.person("third@client.example", is_active=False)
    assert delivered("Confirm") == []


def test_nobody_is_sent_a_link_for_a_client_that_was_closed_meanwhile(partner):
    registration = submitted(partner)
    closing.close(registration.uuid, by=partner)
    assert delivered("Confirm") == []
