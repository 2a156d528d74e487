"""An empty form, and the first save that makes a registration of it."""

import uuid

import pytest
from django.test import Client

from portal.accounts.models import Role
from portal.limits import START
from registrations.models import Registration
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support import people
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.pages import words
from tests.support.registrations import example_values
from tests.support.statements import statements

NEW = "/registrations/new/"


def test_a_visitor_is_sent_to_sign_in(db):
    assert Client().post(NEW, example_posted())["Location"] == f"/accounts/login/?next={NEW}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_viewer_may_not_start(login, viewer, method):
    answer = getattr(login(viewer), method)(NEW)
    assert answer.status_code == 403
    assert not Registration.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(login, partner, method):
    assert getattr(login(partner), method)(NEW).status_code == 405


def test_the_empty_form_finds_fault_with_nothing(login, partner):
    page = login(partner).get(NEW)
    assert page.status_code == 200
    assert not with_attribute(page.text, "data-rule")
    assert not with_attribute(page.text, "data-error-summary")


def test_saving_makes_the_registration_with_everything_typed(login, partner):
    answer = login(partner).post(NEW, example_posted())
    registration = Registration.objects.get()
    assert answer["Location"] == at(registration, "edit/")
    assert registration.draft.data == example_values()
    assert registration.organisation == people.home(partner)


def test_a_complete_draft_goes_on_to_the_check(login, partner):
    answer = login(partner).post(NEW, example_posted(then="check"))
    assert answer["Location"] == at(Registration.objects.get(), "check/")


def test_an_incomplete_draft_is_kept_and_shows_what_is_missing(login, partner):
    browser = login(partner)
    answer = browser.post(NEW, {"client_name": "Example Client", "then": "check"}, follow=True)
    assert answer.request["QUERY_STRING"] == "show=all"
    missing = {e.get("data-field") for e in with_attribute(answer.text, "data-rule")}
    assert {
        "client_uri",
        "tos_uri",
        "policy_uri",
        "contacts",
        "redirect_uris",
        "scope",
        "confidential",
    } <= missing
    assert "<title>Error: Edit Example Client" in answer.text
    assert Registration.objects.get().draft.data["client_name"] == "Example Client"


def test_what_cannot_be_stored_makes_no_registration_and_is_shown_again(login, partner):
    answer = login(partner).post(NEW, example_posted(client_uri="https://client.example/\x00"))
    assert answer.status_code == 200
    assert with_attribute(answer.text, "data-error-summary")
    assert "https://client.example/legal/tos.html" in answer.text
    assert not Registration.objects.exists()


def test_another_organisation_in_the_form_is_not_found(login, partner, stranger):
    foreign = example_posted() | {"organisation": str(people.home(stranger).uuid)}
    missing = example_posted() | {"organisation": str(uuid.uuid4())}
    browser = login(partner)
    answers = [browser.post(NEW, foreign), browser.post(NEW, missing)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert words(answers[0]) == words(answers[1])
    assert browser.post(NEW, example_posted() | {"organisation": "x"}).status_code == 404
    assert not Registration.objects.exists()


def test_who_works_for_several_organisations_chooses_one(login, partner):
    second = people.organisation("Second Ltd")
    people.also_in(partner, second, Role.DEVELOPER)
    browser = login(partner)
    assert len(with_attribute(browser.get(NEW).text, "name", "organisation")) == 1
    unchosen = browser.post(NEW, example_posted())
    assert unchosen.status_code == 200
    (beside,) = with_attribute(unchosen.text, "data-field", "organisation")
    (summary,) = with_attribute(unchosen.text, "data-error-summary")
    for place in (beside, summary):
        assert "Choose the organisation" in place.text
    assert with_attribute(unchosen.text, "href", "#id_organisation")
    assert "https://client.example/callback" in unchosen.text
    browser.post(NEW, example_posted() | {"organisation": str(second.uuid)})
    assert Registration.objects.get().organisation == second


def test_where_one_only_looks_is_not_offered_and_not_allowed(login, partner):
    looked_at = people.organisation("Looked At Ltd")
    people.also_in(partner, looked_at, Role.VIEWER)
    browser = login(partner)
    assert "Looked At" not in browser.get(NEW).text
    answer = browser.post(NEW, example_posted() | {"organisation": str(looked_at.uuid)})
    assert answer.status_code == 403


def test_starting_keeps_its_budget(login, partner):
    browser = login(partner)
    with statements() as form:
        browser.get(NEW)
    with statements() as start:
        assert browser.post(NEW, example_posted()).status_code == 302
    assert len(form) <= 6
    assert len(start) <= 12


def test_starting_without_end_is_throttled(login, partner):
    use_up(START, str(partner.pk))
    answer = login(partner).post("/registrations/new/", example_posted())
    assert answer.status_code == 429
    assert not Registration.objects.exists()
