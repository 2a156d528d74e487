"""Writing to the reviewers while a version waits for their decision."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.kept_forms.models import KeptForm
from portal.limits import MESSAGE
from registrations.models import Comment
from registrations.workflow import assignment, comments, drafting, review
from tests.emails.sending import both_hold, delivered, readers
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.commenting import asked, sent_back
from tests.support.invariants import check_invariants
from tests.support.kept_forms import fields_of
from tests.support.limits import use_up
from tests.support.registrations import approved, change, submitted

WORDS = "We launch on <1 May>."


@pytest.fixture
def waiting(partner):
    return submitted(partner)


def send(browser, registration, text=WORDS):
    return browser.post(at(registration, "message/"), {"text": text})


def typed(page):
    (area,) = with_attribute(page.text, "name", "text")
    return area.text.strip()


def test_a_message_reaches_the_reviewers_at_once(login, partner, colleague, reviewer, waiting):
    browser = login(partner)
    assert with_attribute(browser.get(at(waiting)).text, "action", at(waiting, "message/"))
    assert send(browser, waiting)["Location"] == f"{at(waiting)}#comments"
    page = browser.get(at(waiting)).text
    assert "Your message is sent." in page
    assert "You wrote a message to Pleo." in page
    (thread,) = with_attribute(page, "data-thread")
    assert (WORDS in thread.words(), "You" in thread.words()) == (True, True)
    assert "A colleague" in with_attribute(login(colleague).get(at(waiting)).text, "data-thread")[0].words()
    desk = login(reviewer).get(f"/admin/registrations/registration/{waiting.uuid}/review/").text
    assert with_attribute(desk, "data-answered", "whole")
    (shown,) = with_attribute(desk, "data-thread")
    assert WORDS in shown.words()
    assert shown.words().startswith("From the partner")
    check_invariants()


def test_whoever_claimed_the_review_gets_an_email(login, partner, reviewer, lead, waiting):
    assignment.claim(waiting.uuid, by=reviewer)
    send(login(partner), waiting)
    (email,) = delivered("Message: Example Client")
    assert readers([email]) == [reviewer.email]
    assert both_hold(email, f"/admin/registrations/registration/{waiting.uuid}/review/")
    assert WORDS in email.body


def test_where_nobody_claimed_it_nobody_gets_an_email(login, partner, reviewer, waiting):
    send(login(partner), waiting)
    assert delivered("Message:") == []


def test_a_second_press_adds_nothing_and_another_message_joins_the_thread(login, partner, waiting):
    browser = login(partner)
    for text in (WORDS, f" {WORDS} ", "And in two countries."):
        send(browser, waiting, text)
    assert [one.text for one in waiting.threads.get().comments.all()] == [WORDS, "And in two countries."]
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        send(login(partner), waiting)
    assert Comment.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "kept"), [("  ", ""), ("x" * 4001, "x" * 4001), ("a\u202eb", "a\u202eb"), ("a\x00b", "a\x00b")]
)
def test_what_cannot_be_sent_is_shown_again_with_the_reason(login, partner, waiting, text, kept):
    page = send(login(partner), waiting, text)
    assert page.status_code == 422
    assert typed(page) == kept
    (area,) = with_attribute(page.text, "name", "text")
    assert area.get("aria-invalid") == "true"
    assert with_attribute(page.text, "href", "#id_text")
    assert with_attribute(page.text, "id", "wrong_text")
    assert not Comment.objects.exists()


def test_a_message_that_comes_after_the_decision_is_not_lost(login, partner, reviewer, waiting):
    review.reject(waiting.uuid, by=reviewer, seen_version=1, note="No.")
    browser = login(partner)
    page = send(browser, waiting)
    assert (page.status_code, typed(page)) == (409, WORDS)
    assert "Nothing is under review" in page.text
    assert browser.get(at(waiting, "message/")).status_code == 409
    assert not with_attribute(browser.get(at(waiting)).text, "action", at(waiting, "message/"))


@pytest.mark.parametrize("page", ["", "message/"])
def test_a_message_that_comes_without_a_session_is_kept(login, partner, waiting, page):
    browser = login(partner)
    fields = fields_of(browser.get(at(waiting, page))) | {"text": WORDS}
    answer = Client().post(at(waiting, "message/"), fields)
    assert answer["Location"] == f"/accounts/login/?next={at(waiting, 'message/')}"
    shown = login(partner).get(at(waiting, f"message/?kept={KeptForm.objects.get().uuid}"))
    assert typed(shown) == WORDS
    assert "It is not sent yet: check it, then send it." in shown.text
    login(partner).post(at(waiting, "message/"), fields_of(shown))
    assert Comment.objects.get().text == WORDS
    assert not KeptForm.objects.exists()


def test_a_kept_message_is_shown_after_the_decision(login, partner, reviewer, waiting):
    fields = fields_of(login(partner).get(at(waiting, "message/"))) | {"text": WORDS}
    Client().post(at(waiting, "message/"), fields)
    review.reject(waiting.uuid, by=reviewer, seen_version=1, note="No.")
    page = login(partner).get(at(waiting, f"message/?kept={KeptForm.objects.get().uuid}"))
    assert (page.status_code, typed(page)) == (409, WORDS)
    assert "Nothing is under review" in page.text


def test_messages_have_a_limit(login, partner, waiting):
    use_up(MESSAGE, str(partner.pk))
    assert send(login(partner), waiting).status_code == 429
    assert not Comment.objects.exists()


def test_a_viewer_reads_it_and_writes_nothing(login, partner, viewer, waiting):
    comments.message(waiting.uuid, by=partner, text=WORDS)
    browser = login(viewer)
    page = browser.get(at(waiting)).text
    assert WORDS in with_attribute(page, "data-thread")[0].words()
    assert not with_attribute(page, "action", at(waiting, "message/"))
    assert send(browser, waiting).status_code == 403


def test_a_message_is_no_question_to_its_writer(login, partner, reviewer, waiting):
    comments.message(waiting.uuid, by=partner, text=WORDS)
    sent_back(waiting, reviewer, "Change the name.")
    assert not with_attribute(login(partner).get(at(waiting, "edit/")).text, "data-thread")


def test_the_reviewers_reply_to_it_can_be_answered_in_the_form(login, partner, reviewer, waiting):
    thread = comments.message(waiting.uuid, by=partner, text=WORDS).thread
    comments.reply(waiting.uuid, thread.uuid, by=reviewer, seen_version=1, text="In which countries?")
    sent_back(waiting, reviewer)
    page = login(partner).get(at(waiting, "edit/"))
    assert with_attribute(page.text, "name", f"answer-{thread.uuid}")


def test_a_message_does_not_join_what_a_reviewer_asked(partner, reviewer, waiting):
    question = asked(waiting, reviewer, field="")
    said = comments.message(waiting.uuid, by=partner, text=WORDS)
    assert said.thread != question


def test_a_message_about_a_change_of_a_live_client(login, partner, reviewer):
    live = approved(partner, reviewer)
    browser = login(partner)
    assert send(browser, live).status_code == 409
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    assert send(browser, live).status_code == 302


def test_the_confirmation_leads_to_it(login, partner, viewer, waiting):
    address = at(waiting, "message/")
    assert with_attribute(login(partner).get(at(waiting, "submitted/")).text, "href", address)
    assert not with_attribute(login(viewer).get(at(waiting, "submitted/")).text, "href", address)
