"""Check your answers, hand them in, take them back, throw them away."""

import pytest
from django.test import Client

from portal.limits import SUBMIT
from registrations.models import Draft, Revision
from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.forms import example_posted
from tests.support.limits import use_up
from tests.support.pages import words
from tests.support.registrations import a_draft, again, approved, change, submitted
from tests.support.statements import statements

BUTTONS = ("submit/", "withdraw/", "discard/")


def links(page):
    return [e.get("href") for e in elements(page.text) if e.tag == "a"]


def forms_to(page, address):
    return with_attribute(page.text, "action", address)


def hand_in(browser, registration, version=1):
    return browser.post(at(registration, "submit/"), {"draft_version": version})


def test_every_answer_is_shown_with_its_way_back(login, partner):
    registration = a_draft(partner)
    page = login(partner).get(at(registration, "check/"))
    assert page.status_code == 200
    for text in (
        "Example Client",
        "https://client.example/callback",
        "name.surname@client.example",
        "users:write",
    ):
        assert text in page.text
    for field in ("client_name", "redirect_uris", "scope", "confidential", "logo"):
        assert at(registration, f"edit/#id_{field}") in links(page)


def test_an_answer_that_breaks_a_rule_keeps_the_button_away(login, partner):
    registration = a_draft(partner, policy_uri="", redirect_uris=["http://client.example/"])
    page = login(partner).get(at(registration, "check/"))
    assert not forms_to(page, at(registration, "submit/"))
    assert at(registration, "edit/?show=all#id_policy_uri") in links(page)
    assert {e.get("data-field") for e in with_attribute(page.text, "data-rule")} == {
        "policy_uri",
        "redirect_uris",
    }


def test_a_finding_about_a_line_names_its_number_and_the_lines_have_numbers(login, partner):
    lines = ["https://client.example/callback", "http://client.example/other"]
    page = login(partner).get(at(a_draft(partner, redirect_uris=lines), "check/"))
    (numbered,) = [e for e in elements(page.text) if e.tag == "ol"]
    assert [line in numbered.words() for line in lines] == [True, True]
    assert [e.words() for e in with_attribute(page.text, "data-line")] == ["line 2", "Line 2"]


def test_a_warning_is_shown_and_does_not_stop_anybody(login, partner):
    registration = a_draft(partner, contacts=["somebody@gmail.com"])
    page = login(partner).get(at(registration, "check/"))
    assert with_attribute(page.text, "data-severity", "warn")
    assert forms_to(page, at(registration, "submit/"))


def test_a_stranger_finds_nothing_to_check(login, partner, stranger):
    assert login(stranger).get(at(a_draft(partner), "check/")).status_code == 404


def test_a_viewer_does_not_check(login, partner, viewer):
    assert login(viewer).get(at(a_draft(partner), "check/")).status_code == 403


@pytest.mark.parametrize("make", [submitted, lambda by: drafted_and_discarded(by)])
def test_there_is_nothing_to_check_while_locked_or_closed(login, partner, make):
    registration = make(partner)
    page = login(partner).get(at(registration, "check/"), follow=True)
    assert page.redirect_chain == [(at(registration), 302)]
    assert "so you cannot change it" in page.text


def drafted_and_discarded(by):
    registration = a_draft(by)
    drafting.discard(registration.uuid, by=by)
    return registration


def test_without_a_draft_the_clients_page_says_so_and_leads_to_the_form(login, partner, reviewer):
    registration = approved(partner, reviewer)
    page = login(partner).get(at(registration, "check/"), follow=True)
    assert page.redirect_chain == [(at(registration), 302)]
    assert "There is no draft to check." in page.text
    assert at(registration, "edit/") in links(page)


def test_back_after_submitting_leads_to_the_client_with_what_happened(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    hand_in(browser, registration)
    for page in ("check/", "edit/", "discard/confirm/"):
        back = browser.get(at(registration, page), follow=True)
        assert (back.status_code, back.redirect_chain) == (200, [(at(registration), 302)])
        assert "This registration is under review, so you cannot change it now." in back.text
        assert "Withdraw from review" in back.text


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_buttons_take_nothing_but_a_press(login, partner, stranger, button, method):
    registration = a_draft(partner)
    for browser in (login(partner), login(stranger), Client()):
        assert getattr(browser, method)(at(registration, button)).status_code == 405
    assert again(registration).draft


@pytest.mark.parametrize("button", BUTTONS)
def test_a_visitor_who_presses_signs_in_and_comes_to_the_registration(partner, button):
    registration = a_draft(partner)
    answer = Client().post(at(registration, button))
    assert answer["Location"] == f"/accounts/login/?next={at(registration)}"
    assert again(registration).draft


@pytest.mark.parametrize("button", BUTTONS)
def test_a_strangers_press_finds_nothing_and_does_nothing(login, partner, stranger, button):
    registration = submitted(partner) if button == "withdraw/" else a_draft(partner)
    browser = login(stranger)
    answer = browser.post(at(registration, button))
    nothing = browser.post(f"/registrations/6f9619ff-8b86-4011-b42d-00c04fc964ff/{button}")
    assert (answer.status_code, words(answer)) == (404, words(nothing))
    assert again(registration).draft
    assert not Revision.objects.exclude(status="under_review").exists()


@pytest.mark.parametrize("button", BUTTONS)
def test_a_viewers_press_is_refused(login, partner, viewer, button):
    registration = submitted(partner) if button == "withdraw/" else a_draft(partner)
    assert login(viewer).post(at(registration, button)).status_code == 403
    assert again(registration).draft


def test_submitting_hands_in_the_draft_and_says_so(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    page = browser.post(at(registration, "submit/"), {"draft_version": "1"}, follow=True)
    assert page.request["PATH_INFO"] == at(registration, "submitted/")
    assert "Submitted for review" in page.text
    assert Revision.objects.get().status == "under_review"


def test_submitting_twice_is_too_late(login, partner):
    registration = a_draft(partner)
    browser = login(partner)
    assert hand_in(browser, registration).status_code == 302
    second = hand_in(browser, registration)
    assert second.status_code == 409
    assert at(registration) in links(second)
    assert Revision.objects.count() == 1


def test_a_draft_that_changed_since_the_check_is_not_handed_in(login, partner):
    registration = change(a_draft(partner), partner, client_name="Changed Since")
    assert hand_in(login(partner), registration, 1).status_code == 409
    assert not Revision.objects.exists()


@pytest.mark.parametrize("version", ["x", "-1", "²", "9" * 5000])
def test_a_nonsense_version_is_not_handed_in(login, partner, version):
    assert hand_in(login(partner), a_draft(partner), version).status_code == 409
    assert not Revision.objects.exists()


def test_a_draft_that_breaks_a_rule_is_shown_again_with_what_is_wrong(login, partner):
    registration = a_draft(partner, scope=[])
    page = hand_in(login(partner), registration)
    assert page.status_code == 422
    assert with_attribute(page.text, "data-error-summary")
    assert [e.get("data-field") for e in with_attribute(page.text, "data-rule")] == ["scope"]
    assert not Revision.objects.exists()


def test_submitting_is_limited(login, partner):
    registration = a_draft(partner)
    use_up(SUBMIT, str(partner.pk))
    answer = hand_in(login(partner), registration)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert not Revision.objects.exists()


def test_submitting_keeps_its_budget(login, partner):
    uris = [f"https://client.example/{number}" for number in range(20)]
    browser = login(partner)
    registration = a_draft(partner, redirect_uris=uris)
    with statements() as check:
        browser.get(at(registration, "check/"))
    with statements() as submit:
        assert hand_in(browser, registration).status_code == 302
    assert len(check) <= 7
    assert len(submit) <= 34


def test_withdrawing_gives_the_draft_back(login, partner, colleague):
    registration = submitted(partner)
    page = login(colleague).post(at(registration, "withdraw/"), follow=True)
    assert "Withdrawn." in page.text
    assert login(partner).get(at(registration, "edit/")).status_code == 200


def test_withdrawing_what_was_decided_is_too_late(login, partner, reviewer):
    registration = submitted(partner)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="No.")
    assert login(partner).post(at(registration, "withdraw/")).status_code == 409


def test_discarding_a_first_draft_closes_the_registration(login, partner):
    registration = a_draft(partner)
    page = login(partner).post(at(registration, "discard/"), follow=True)
    assert "The draft was discarded." in page.text
    assert again(registration).status == "closed"


def test_discarding_a_change_leaves_what_is_live(login, partner, reviewer):
    registration = change(approved(partner, reviewer), partner, client_name="Changed")
    login(partner).post(at(registration, "discard/"))
    assert again(registration).status == "active"
    assert not Draft.objects.exists()


def test_what_is_under_review_is_not_discarded(login, partner):
    registration = submitted(partner)
    assert login(partner).post(at(registration, "discard/")).status_code == 409
    assert again(registration).draft


def test_what_was_sent_back_is_submitted_again(login, partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Name it better.")
    browser = login(partner)
    assert "Name it better." in browser.get(at(registration)).text
    browser.post(at(registration, "edit/"), example_posted(1, client_name="Better Name"))
    assert hand_in(browser, registration, 2).status_code == 302
    assert Revision.objects.get(number=2).client_name == "Better Name"
