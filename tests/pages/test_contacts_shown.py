"""Beside each contact people read whether it has confirmed, and the partner may send the link again."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from portal.limits import CONTACT_AGAIN
from portal.outbox.models import OutboxMessage
from registrations.models import ContactConfirmation, Registration
from registrations.workflow import contacts, drafting
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.people import home
from tests.support.registrations import a_draft, approved, change, submitted
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

ADDRESS = "name.surname@client.example"
THREE = ["Confirmed@client.example", "refused@client.example", "silent@client.example"]


def of(address):
    return ContactConfirmation.objects.get(address=address.lower())


def answered(partner, **changes):
    """A submission with a contact in each of the states that an answer leads to."""
    registration = submitted(partner, contacts=THREE, **changes)
    contacts.confirm(of(THREE[0]).token)
    contacts.refuse(of(THREE[1]).token)
    return registration


def states(page):
    return [e.get("data-contact") for e in with_attribute(page.text, "data-contact")]


def again(registration, address):
    return at(registration, f"contacts/{of(address).uuid}/send-again/")


def desk(registration):
    return f"/admin/registrations/registration/{registration.uuid}/review/"


def test_the_page_of_the_client_says_which_contacts_have_confirmed(login, partner):
    page = login(partner).get(at(answered(partner)))
    assert states(page) == ["confirmed", "refused", "unconfirmed"]
    assert THREE[0] in page.text
    for words in ("Gets emails about the client.", "The answer was “not me”", "We sent a link."):
        assert words in page.text


def test_the_form_says_it_too_and_of_new_addresses_that_they_are_asked_later(login, partner):
    registration = answered(partner)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, contacts=[*THREE, "new@client.example"])
    page = login(partner).get(at(registration, "edit/"))
    assert states(page) == ["confirmed", "refused", "unconfirmed", "unasked"]
    assert not with_attribute(page.text, "action", again(registration, THREE[2]))


def test_who_waits_for_another_day_is_named_so(login, partner):
    for letter in "ab":
        names = [f"{letter}{number}@client.example" for number in range(10)]
        submitted(partner, client_name=f"Client {letter}", contacts=names)
    registration = submitted(partner, contacts=["late@client.example"])
    page = login(partner).get(at(registration))
    assert states(page) == ["waiting"]
    assert "20 contacts of your organisation have not confirmed yet" in page.text


def test_a_draft_and_a_client_that_is_older_say_that_nobody_was_asked(login, partner, reviewer):
    draft, live = a_draft(partner), approved(partner, reviewer, client_name="Older Client")
    ContactConfirmation.objects.all().delete()
    browser = login(partner)
    assert states(browser.get(at(draft))) == states(browser.get(at(live))) == ["unasked"]


def test_the_reviewer_reads_the_state_of_each_contact(login, partner, reviewer):
    page = login(reviewer).get(desk(answered(partner)))
    shown = page.text.split('data-shows="contacts"')[1].split("</dl>")[0]
    words = [shown.index(one) for one in ("Confirmed", "Answered “not me”", "Not confirmed")]
    assert words == sorted(words)


def test_the_state_costs_the_pages_no_statement(login, partner, reviewer):
    registration = answered(partner)
    drafting.withdraw(registration.uuid, by=partner)
    costs = []
    for _ in range(2):
        browser, row = login(partner), []
        for address in (at(registration), at(registration, "edit/")):
            with statements() as made:
                browser.get(address)
            row.append(len(made))
        with statements() as made:
            login(reviewer).get(desk(registration))
        costs.append([*row, len([one for one in made if "contactconfirmation" in one])])
        ContactConfirmation.objects.all().delete()
    assert costs[0] == costs[1]
    assert costs[0][2] == 1


def test_a_page_that_started_the_registration_and_is_shown_again_says_it_too(login, partner):
    answered(partner)
    browser, posted = login(partner), {"start_key": str(uuid4()), "contacts": [THREE[0]]}
    browser.post("/registrations/new/", example_posted(**posted))
    change(Registration.objects.order_by("-pk").first(), partner, client_name="Changed elsewhere")
    page = browser.post("/registrations/new/", example_posted(**posted, client_name="Old page"))
    assert page.status_code == 409
    assert states(page) == ["confirmed"]


def test_another_organisations_answer_is_not_shown(login, partner, stranger):
    submitted(stranger, client_name="Other Client", contacts=[ADDRESS])
    contacts.confirm(ContactConfirmation.objects.get(organisation=home(stranger)).token)
    assert states(login(partner).get(at(submitted(partner)))) == ["unconfirmed"]


def test_the_link_is_sent_again_from_the_page_of_the_client(login, partner):
    registration = answered(partner)
    browser, before = login(partner), OutboxMessage.objects.count()
    page = browser.get(at(registration))
    assert with_attribute(page.text, "action", again(registration, THREE[2]))
    page = browser.post(again(registration, THREE[2]), follow=True)
    assert page.redirect_chain == [(at(registration), 302)]
    assert "The contact gets another email with a link." in page.text
    assert OutboxMessage.objects.count() == before + 1


def test_a_viewer_has_no_button_and_may_not_press_it(login, partner, viewer):
    registration, browser = submitted(partner), login(viewer)
    page = browser.get(at(registration))
    assert not with_attribute(page.text, "action", again(registration, ADDRESS))
    assert browser.post(again(registration, ADDRESS)).status_code == 403


def test_sending_again_is_limited_for_each_contact(login, partner):
    registration, browser = submitted(partner), login(partner)
    answers = [browser.post(again(registration, ADDRESS)).status_code for _ in range(CONTACT_AGAIN.allowed)]
    assert set(answers) == {302}
    assert browser.post(again(registration, ADDRESS)).status_code == 429
    other = submitted(partner, client_name="Second Client")
    assert browser.post(again(other, ADDRESS)).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert login(partner).post(again(registration, ADDRESS)).status_code == 302


def test_who_has_answered_is_not_asked_again(login, partner):
    registration, browser = answered(partner), login(partner)
    for address in THREE[:2]:
        page = browser.post(again(registration, address))
        assert page.status_code == 409
        assert "This contact has answered already." in page.text


def test_the_document_of_the_client_says_nothing_about_it(login, partner):
    registration = submitted(partner)
    before = login(partner).get(at(registration, "metadata.json")).json()
    contacts.confirm(of(ADDRESS).token)
    assert login(partner).get(at(registration, "metadata.json")).json() == before
    assert before["contacts"] == [ADDRESS]
