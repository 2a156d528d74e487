"""One page starts one registration, however often it is posted."""

import uuid

import pytest

from portal.accounts.models import Organisation, Role
from portal.audit.models import Event
from registrations.models import Registration
from registrations.workflow import drafting
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.pages.importing import EXAMPLE, paste
from tests.support import people
from tests.support.forms import example_posted
from tests.support.pages import words
from tests.support.registrations import again, change

NEW, IMPORT = "/registrations/new/", "/registrations/import/"


def key_on(page):
    (field,) = with_attribute(page.text, "name", "start_key")
    return field.get("value")


@pytest.fixture
def browser(login, partner):
    return login(partner)


@pytest.fixture
def key(browser):
    return key_on(browser.get(NEW))


def test_each_page_has_a_key_of_its_own(browser):
    keys = {key_on(browser.get(page)) for page in (NEW, NEW, IMPORT)}
    assert len({uuid.UUID(each) for each in keys}) == 3


def test_pressing_twice_makes_one_draft(browser, key):
    answers = [browser.post(NEW, example_posted(start_key=key)) for _ in range(2)]
    registration = Registration.objects.get()
    assert {answer["Location"] for answer in answers} == {at(registration, "edit/")}
    assert registration.draft.version == 1
    assert Event.objects.filter(verb="registration.started").count() == 1


def test_what_was_typed_between_two_presses_is_kept(browser, key):
    browser.post(NEW, example_posted(start_key=key, client_name="Till"))
    answer = browser.post(NEW, example_posted(start_key=key, client_name="Till for bakers"))
    registration = Registration.objects.get()
    assert answer["Location"] == at(registration, "edit/")
    assert (registration.draft.data["client_name"], registration.draft.version) == ("Till for bakers", 2)


def test_a_draft_that_another_page_changed_is_not_overwritten(browser, partner, key):
    browser.post(NEW, example_posted(start_key=key))
    registration = change(Registration.objects.get(), partner, client_name="Renamed Client")
    answer = browser.post(NEW, example_posted(start_key=key, client_name="Old page"))
    assert answer.status_code == 409
    assert "Old page" in answer.text
    assert again(registration).draft.data["client_name"] == "Renamed Client"
    (form,) = with_attribute(answer.text, "data-check-url")
    assert form.get("action") == at(registration, "edit/")
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("verb", [drafting.submit, drafting.discard])
def test_what_was_submitted_or_discarded_is_not_started_again(browser, partner, key, verb):
    browser.post(NEW, example_posted(start_key=key))
    registration = Registration.objects.get()
    verb(registration.uuid, by=partner)
    answer = browser.post(NEW, example_posted(start_key=key, client_name="Old page"))
    assert answer.status_code == 409
    assert "Old page" in answer.text
    assert Registration.objects.count() == 1


def test_the_key_of_somebody_else_starts_another_draft(login, browser, partner, stranger, key):
    browser.post(NEW, example_posted(start_key=key))
    for person in (people.colleague(people.home(partner)), stranger):
        answer = login(person).post(NEW, example_posted(start_key=key))
        own = Registration.objects.get(created_by=person)
        assert answer["Location"] == at(own, "edit/")
    assert Registration.objects.count() == 3


def test_the_key_counts_for_one_organisation(browser, partner, key):
    second = people.organisation("Second Ltd")
    people.also_in(partner, second, Role.ADMIN)
    for home in Organisation.objects.all():
        browser.post(NEW, example_posted(start_key=key, organisation=home.uuid))
    assert Registration.objects.values("organisation").distinct().count() == 2


def test_a_form_with_errors_keeps_its_key(browser, key):
    page = browser.post(NEW, example_posted(start_key=key, client_name="x" * 5000))
    assert page.status_code == 200
    assert key_on(page) == key


@pytest.mark.parametrize("key", ["", "nonsense", "\x00", "1" * 400])
def test_a_key_that_is_none_starts_a_draft(browser, key):
    for _ in range(2):
        assert browser.post(NEW, example_posted(start_key=key)).status_code == 302
    assert Registration.objects.count() == 2


def test_another_document_on_the_same_page_is_another_client(browser):
    key = key_on(browser.get(IMPORT))
    for name in ("Till", "Books", "Till"):
        paste(browser, EXAMPLE | {"client_name": name}, start_key=key)
    drafts = [registration.draft for registration in Registration.objects.order_by("pk")]
    assert [(draft.data["client_name"], draft.version) for draft in drafts] == [("Till", 1), ("Books", 1)]


def test_importing_twice_makes_one_draft(browser):
    key = key_on(browser.get(IMPORT))
    pages = [paste(browser, EXAMPLE, start_key=key) for _ in range(2)]
    registration = Registration.objects.get()
    for page in pages:
        assert at(registration, "edit/") in words(page)
