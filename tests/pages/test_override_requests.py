"""The partner's side of asking a reviewer: what a rule rejects is submitted all the same (G-06)."""

import pytest

from registrations.forms.override_requests import (
    MAX_OVERRIDE_REQUESTS,
    override_requests_to_store,
    posted_replies,
)
from registrations.models import Registration
from registrations.workflow import review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.forms import example_posted
from tests.support.registrations import a_draft, again, approved, submitted
from tests.support.statements import statements

NEW = "/registrations/new/"
NAME = "Pleora Pay for Pleo"
WHY = "Our company has been called Pleora Pay since 1998."
QUESTION = {"rule": "N-05", "value": NAME, "reason": WHY}


def ask(number=0, rule="N-05", value=NAME, reason=WHY, **other):
    """A ticked box and its reason, as a browser sends them."""
    name = f"ask-{number}"
    return {name: "on", f"{name}-rule": rule, f"{name}-value": value, f"{name}-reason": reason} | other


def save(browser, address, version=1, *, questions=None, **changes):
    return browser.post(address, example_posted(version, **changes) | (questions or {}))


def asked(registration):
    return again(registration).draft.data.get("review_asked", [])


def weights(page):
    return {e.get("data-rule"): e.get("data-severity") for e in with_attribute(page.text, "data-rule")}


def boxes(page):
    """The rule and value of each question, whether it is ticked, and its reason."""
    found = []
    for box in with_attribute(page.text, "data-override"):
        number = len(found)
        (tick,) = with_attribute(page.text, "name", f"ask-{number}")
        (value,) = with_attribute(page.text, "name", f"ask-{number}-value")
        (reason,) = with_attribute(page.text, "name", f"ask-{number}-reason")
        found.append(
            (box.get("data-override"), value.get("value"), "checked" in tick.attrs, reason.text.strip("\n"))
        )
    return found


@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        ("N-05", "client_name", NAME),
        ("R-29", "redirect_uris", "https://co.uk/callback"),
        ("R-36", "redirect_uris", "https://auth.pleo.io/callback"),
        ("R-37", "redirect_uris", "https://xn--a.example/cb"),
        ("C-07", "contacts", "someone@mailinator.com"),
    ],
)
def test_each_of_the_five_offers_to_ask_and_asking_turns_it_into_a_note(login, partner, rule, field, value):
    typed = {field: value if field == "client_name" else [value]}
    registration, browser = a_draft(partner, **typed), login(partner)
    page = browser.get(at(registration, "edit/"))
    assert weights(page)[rule] == "reject"
    assert boxes(page) == [(rule, value, False, "")]
    answer = save(browser, at(registration, "edit/"), questions=ask(rule=rule, value=value), **typed)
    assert answer.status_code == 302
    assert asked(registration) == [{"rule": rule, "value": value, "reason": WHY}]
    page = browser.get(at(registration, "edit/"))
    assert weights(page)[rule] == "warn"
    assert "You ask Pleo to accept this." in page.text
    assert boxes(page) == [(rule, value, True, WHY)]


def test_no_other_rejection_offers_to_ask(login, partner):
    registration = a_draft(
        partner, client_uri="https://pleo.io/", redirect_uris=["https://*.client.example/cb"]
    )
    assert boxes(login(partner).get(at(registration, "edit/"), {"show": "all"})) == []


def test_the_same_value_listed_twice_is_one_question(login, partner):
    registration = a_draft(partner, redirect_uris=["https://co.uk/cb"] * 2)
    assert len(boxes(login(partner).get(at(registration, "edit/")))) == 1


def test_without_the_tick_nothing_is_asked_any_more(login, partner):
    registration = a_draft(partner, client_name=NAME, review_asked=[QUESTION])
    browser, unticked = login(partner), ask()
    del unticked["ask-0"]
    save(browser, at(registration, "edit/"), questions=unticked, client_name=NAME)
    assert "review_asked" not in again(registration).draft.data
    page = browser.get(at(registration, "edit/"))
    assert (weights(page)["N-05"], boxes(page)) == ("reject", [("N-05", NAME, False, "")])


def test_the_reason_can_be_rewritten(login, partner):
    registration = a_draft(partner, client_name=NAME, review_asked=[QUESTION])
    better = ask(reason="  Pleora Pay Ltd, company number 123456.\r\n")
    save(login(partner), at(registration, "edit/"), questions=better, client_name=NAME)
    assert asked(registration) == [{**QUESTION, "reason": "Pleora Pay Ltd, company number 123456."}]


def test_another_value_takes_the_question_with_it(login, partner):
    registration, browser = a_draft(partner, client_name=NAME, review_asked=[QUESTION]), login(partner)
    save(browser, at(registration, "edit/"), questions=ask(), client_name="Pleo Cards")
    assert "review_asked" not in again(registration).draft.data
    page = browser.get(at(registration, "edit/"))
    assert boxes(page) == [("N-05", "Pleo Cards", False, "")]


@pytest.mark.parametrize("reason", ["", "  too short ", "x" * 1001])
def test_a_tick_without_a_fit_reason_is_told_so_beside_it(login, partner, reason):
    registration, browser = a_draft(partner, client_name=NAME), login(partner)
    save(browser, at(registration, "edit/"), questions=ask(reason=reason), client_name=NAME)
    page = browser.get(at(registration, "edit/"), {"show": "all"})
    assert (weights(page)["N-05"], weights(page)["G-06"]) == ("reject", "reject")
    (complaint,) = with_attribute(page.text, "id", "findings_ask-0")
    assert "Say why Pleo should accept it" in complaint.text
    (area,) = with_attribute(page.text, "name", "ask-0-reason")
    assert area.get("aria-describedby") == "help_ask-0 findings_ask-0"
    assert with_attribute(page.text, "href", "#id_ask-0-reason")
    assert boxes(page) == [("N-05", NAME, True, reason.strip())]


@pytest.mark.parametrize("reason", ["a\x00b and more of it", "x" * 4_001])
def test_a_reason_that_cannot_be_stored_is_told_so_and_nothing_is_saved(login, partner, reason):
    registration = a_draft(partner)
    page = save(login(partner), at(registration, "edit/"), questions=ask(reason=reason), client_name=NAME)
    assert page.status_code == 200
    assert with_attribute(page.text, "id", "findings_ask-0")
    assert with_attribute(page.text, "href", "#id_ask-0-reason")
    assert boxes(page)[0][:3] == ("N-05", NAME, True)
    assert again(registration).draft.version == 1


@pytest.mark.parametrize(
    "questions",
    [
        ask(rule="R-06"),
        ask(rule="N-05\x00"),
        ask(rule=""),
        ask(value="Other"),
        ask(value=f"{NAME}\x00"),
        ask(value="x" * 50_000),
        ask(number=MAX_OVERRIDE_REQUESTS),
        ask(number=-1),
        ask(number="x"),
        ask(number="0-0"),
        {"ask-0": "on"},
        {"ask-0": "on", "ask-0-rule": "N-05"},
        {"review_asked": f'[{{"rule": "N-05", "value": "{NAME}", "reason": "{WHY}"}}]'},
    ],
)
def test_hostile_questions_ask_nothing(login, partner, questions):
    registration = a_draft(partner)
    assert (
        save(login(partner), at(registration, "edit/"), questions=questions, client_name=NAME).status_code
        == 302
    )
    assert "review_asked" not in again(registration).draft.data


def test_half_a_character_is_dropped_with_the_value_and_refused_in_the_reason():
    assert posted_replies(ask(value="Pleo \ud800")) == {}
    (reply,) = posted_replies(ask(reason="Half \ud800 of it.")).values()
    assert (reply.reason, bool(reply.unstorable)) == ("Half ? of it.", True)
    assert override_requests_to_store({("N-05", NAME): reply}) == []


def test_many_questions_are_shown_and_read_up_to_what_can_be_submitted(login, partner):
    uris = [f"https://co.uk/{number}" for number in range(MAX_OVERRIDE_REQUESTS + 5)]
    registration, browser = a_draft(partner, redirect_uris=uris), login(partner)
    assert len(boxes(browser.get(at(registration, "edit/")))) == MAX_OVERRIDE_REQUESTS
    questions = {}
    for number, uri in enumerate(uris):
        questions |= ask(number, "R-29", uri)
    save(browser, at(registration, "edit/"), questions=questions, redirect_uris=uris)
    assert len(asked(registration)) == MAX_OVERRIDE_REQUESTS


def test_hostile_words_stay_words(login, partner):
    words = '"></textarea><script>alert(1)</script>{{ 7*7 }}'
    name = f"Pleo {words}"
    registration = a_draft(partner, client_name=NAME, review_asked=[{**QUESTION, "reason": words}])
    browser = login(partner)
    assert boxes(browser.get(at(registration, "edit/")))[0][3] == words
    for page in (browser.get(at(registration, "edit/")), browser.get(at(registration, "check/"))):
        assert "<script>alert" not in page.text
    late = save(
        browser, at(registration, "edit/"), "", questions=ask(value=name, reason=words), client_name=name
    )
    assert (late.status_code, "<script>alert" in late.text) == (409, False)


def test_it_can_be_asked_on_the_first_save(login, partner):
    browser = login(partner)
    save(browser, NEW, "", questions=ask(), client_name=NAME)
    assert asked(Registration.objects.get()) == [QUESTION]


def test_a_stale_version_keeps_tick_and_reason(login, partner):
    registration = a_draft(partner)
    late = save(login(partner), at(registration, "edit/"), 7, questions=ask(), client_name=NAME)
    assert late.status_code == 409
    assert boxes(late) == [("N-05", NAME, True, WHY)]
    assert asked(registration) == []


def test_a_suggestion_pressed_after_the_tick_is_the_later_word(login, partner):
    registration = a_draft(partner, client_name=NAME)
    posted_with_button = ask() | {"apply": "client_name::N-05"}
    save(login(partner), at(registration, "edit/"), questions=posted_with_button, client_name=NAME)
    assert "Pleo" not in again(registration).draft.data["client_name"].split()
    assert "review_asked" not in again(registration).draft.data


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("viewer", 403)])
def test_the_wrong_person_asks_nothing(login, partner, request, who, status):
    registration = a_draft(partner, client_name=NAME)
    browser = login(request.getfixturevalue(who))
    answer = save(browser, at(registration, "edit/"), questions=ask(), client_name=NAME)
    assert (answer.status_code, asked(registration)) == (status, [])


def test_the_check_shows_what_is_asked_and_why(login, partner):
    registration = a_draft(partner, client_name=NAME, review_asked=[QUESTION])
    page = login(partner).get(at(registration, "check/"))
    (question,) = with_attribute(page.text, "data-asks", "N-05")
    assert NAME in question.text
    assert WHY in question.text
    assert weights(page)["N-05"] == "warn"
    assert with_attribute(page.text, "action", at(registration, "submit/"))


def test_the_check_does_not_let_an_unfit_reason_pass(login, partner):
    registration = a_draft(partner, client_name=NAME, review_asked=[{**QUESTION, "reason": "short"}])
    browser = login(partner)
    assert not with_attribute(
        browser.get(at(registration, "check/")).text, "action", at(registration, "submit/")
    )
    assert browser.post(at(registration, "submit/"), {"draft_version": 1}).status_code == 422


def test_another_registration_has_no_part_in_what_was_accepted(login, partner, reviewer):
    registration = submitted(partner, client_name=NAME, review_asked=[QUESTION])
    review.override(
        registration.uuid, by=reviewer, seen_version=1, rule="N-05", value=NAME, reason="Registered."
    )
    other = a_draft(partner, client_name=NAME)
    assert weights(login(partner).get(at(other, "edit/")))["N-05"] == "reject"


def test_questions_keep_the_budgets(login, partner, reviewer):
    browser = login(partner)
    registration = approved(partner, reviewer)
    review_asked = [QUESTION]
    draft = a_draft(partner, client_name=NAME, review_asked=review_asked)
    for one, version in ((registration, 0), (draft, 1)):
        with statements() as form:
            browser.get(at(one, "edit/"))
        with statements() as kept:
            save(browser, at(one, "edit/"), version, questions=ask(), client_name=NAME)
        saved = again(one).draft.version
        with statements() as check:
            browser.get(at(one, "check/"))
        with statements() as submit:
            answer = browser.post(at(one, "submit/"), {"draft_version": saved})
        assert answer.status_code == 302
        assert (len(form) <= 6, len(kept) <= 12, len(check) <= 7, len(submit) <= 41) == (True,) * 4, len(
            submit
        )
