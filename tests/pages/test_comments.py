"""What reviewers ask, on the pages of the partner."""

from uuid import uuid4

import pytest
from django.utils import timezone

from registrations.models import Comment, Thread
from registrations.workflow import comments, drafting, review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.commenting import ASK, asked, sent_back
from tests.support.forms import example_posted
from tests.support.registrations import again, approved, change, submitted
from tests.support.statements import statements

ANSWER = "The one for <accountants>."


@pytest.fixture
def waiting(partner):
    return submitted(partner)


def threads_on(page):
    return {each.get("data-thread"): each.words() for each in with_attribute(page.text, "data-thread")}


def box(page, thread):
    (area,) = with_attribute(page.text, "name", f"answer-{thread.uuid}")
    return area


def save(browser, registration, answers, version=1, **more):
    posted = example_posted(version, **more) | {f"answer-{uuid}": text for uuid, text in answers.items()}
    return browser.post(at(registration, "edit/"), posted)


def kept(registration):
    return again(registration).draft.data.get("answers")


def test_each_open_thread_stands_beside_its_field(login, partner, reviewer, waiting):
    name, whole = asked(waiting, reviewer), asked(waiting, reviewer, "Who runs it?", field="")
    scope = asked(waiting, reviewer, "Why write?", field="scope")
    sent_back(waiting, reviewer)
    page = login(partner).get(at(waiting, "edit/"))
    assert list(threads_on(page)) == [str(each.uuid) for each in (whole, name, scope)]
    assert ASK in threads_on(page)[str(name.uuid)]
    assert "&lt;products&gt;" in page.text
    assert box(page, name).get("id") == f"id_answer-{name.uuid}"
    before, after = page.text.split(f'name="answer-{name.uuid}"')
    assert 'id="help_client_name"' in before
    assert 'id="help_client_uri"' in after


def test_an_answer_is_kept_shown_checked_and_sent(login, partner, reviewer, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    browser = login(partner)
    assert save(browser, waiting, {thread.uuid: ANSWER}, then="check")["Location"] == at(waiting, "check/")
    assert box(browser.get(at(waiting, "edit/")), thread).text.strip() == ANSWER
    (row,) = with_attribute(browser.get(at(waiting, "check/")).text, "data-answers", str(thread.uuid))
    assert ANSWER in row.words()
    browser.post(at(waiting, "submit/"), {"draft_version": 2})
    said = thread.comments.get(by_desk=False)
    assert (said.text, said.revision.number) == (ANSWER, 2)


def test_an_answer_can_be_taken_out_again(login, partner, reviewer, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    browser = login(partner)
    save(browser, waiting, {thread.uuid: ANSWER})
    save(browser, waiting, {thread.uuid: "  "}, version=2)
    assert kept(waiting) is None


def test_a_suggestion_and_a_clash_keep_what_was_answered(login, partner, reviewer, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    browser = login(partner)
    clash = save(browser, waiting, {thread.uuid: ANSWER}, version=9)
    assert clash.status_code == 409
    assert box(clash, thread).text.strip() == ANSWER
    save(browser, waiting, {thread.uuid: ANSWER}, preset="postman")
    assert kept(waiting) == {str(thread.uuid): ANSWER}


@pytest.mark.parametrize("text", ["a\x00b", "x" * 4001])
def test_what_cannot_be_kept_says_so_beside_it(login, partner, reviewer, waiting, text):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    page = save(login(partner), waiting, {thread.uuid: text}, client_name="Renamed")
    assert again(waiting).draft.data["client_name"] == "Example Client"
    assert box(page, thread).get("aria-invalid") == "true"
    assert box(page, thread).text.strip() == text
    assert f'href="#id_answer-{thread.uuid}"' in page.text
    assert with_attribute(page.text, "id", f"wrong_answer-{thread.uuid}")
    assert 'value="Renamed"' in page.text


def test_only_open_threads_that_were_sent_are_asked_or_answered(login, partner, reviewer, stranger, waiting):
    resolved, foreign = asked(waiting, reviewer), submitted(stranger, client_name="Other Client")
    elsewhere = asked(foreign, reviewer)
    sent_back(waiting, reviewer)
    sent_back(foreign, reviewer)
    comments.resolve(waiting.uuid, resolved.uuid, by=reviewer)
    drafting.submit(waiting.uuid, by=partner)
    unsent = asked(waiting, reviewer, seen_version=2)
    drafting.withdraw(waiting.uuid, by=partner)
    browser = login(partner)
    assert threads_on(browser.get(at(waiting, "edit/"))) == {}
    hostile = {each.uuid: ANSWER for each in (resolved, elsewhere, unsent)}
    save(browser, waiting, hostile | {uuid4(): "x", "": "x", "no-uuid": "x"})
    assert kept(waiting) is None


@pytest.mark.parametrize("stored", [None, "x", [1], {"x": "y"}, {str(uuid4()): 7}, {str(uuid4()): "x"}])
def test_whatever_a_draft_holds_is_shown(login, partner, stored):
    registration = submitted(partner)
    drafting.withdraw(registration.uuid, by=partner)
    change(registration, partner, answers=stored)
    for page in ("edit/", "check/", ""):
        assert login(partner).get(at(registration, page)).status_code == 200


def test_the_detail_page_tells_the_comments(login, partner, reviewer, colleague, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    change(waiting, partner, answers={str(thread.uuid): ANSWER})
    drafting.submit(waiting.uuid, by=partner)
    text = threads_on(login(partner).get(at(waiting)))[str(thread.uuid)]
    assert "Client name" in text
    assert (f"Pleo {thread.comments.first().sent_at:%-d}" in text, "You" in text) == (True, True)
    assert (ASK in text, ANSWER in text) == (True, True)
    seen = threads_on(login(colleague).get(at(waiting)))[str(thread.uuid)]
    assert "A colleague" in seen
    assert reviewer.email not in login(partner).get(at(waiting)).text
    comments.resolve(waiting.uuid, thread.uuid, by=reviewer)
    assert "(resolved)" in threads_on(login(partner).get(at(waiting)))[str(thread.uuid)]


def test_a_viewer_reads_it_and_answers_nothing(login, viewer, reviewer, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    browser = login(viewer)
    assert ASK in threads_on(browser.get(at(waiting)))[str(thread.uuid)]
    assert save(browser, waiting, {thread.uuid: ANSWER}).status_code == 403
    assert kept(waiting) is None


def test_a_stranger_finds_nothing(login, stranger, reviewer, waiting):
    thread = asked(waiting, reviewer)
    sent_back(waiting, reviewer)
    browser = login(stranger)
    assert browser.get(at(waiting)).status_code == 404
    assert save(browser, waiting, {thread.uuid: ANSWER}).status_code == 404


def test_a_change_that_came_back_without_a_note_leads_to_the_comments(login, partner, reviewer):
    live = approved(partner, reviewer)
    change(live, partner, client_name="Example Client Two")
    drafting.submit(live.uuid, by=partner)
    asked(live, reviewer, seen_version=2)
    sent_back(live, reviewer, seen_version=2)
    page = login(partner).get(at(live))
    assert "Your last change was sent back" in page.text
    assert with_attribute(page.text, "href", "#comments")
    assert with_attribute(page.text, "id", "comments")


def test_the_comments_keeps_the_budgets(login, partner, reviewer):
    live = approved(partner, reviewer)
    change(live, partner, client_name="Example Client Two")
    drafting.submit(live.uuid, by=partner)
    threads = [asked(live, reviewer, field=field, seen_version=2) for field in ("client_name", "scope", "")]
    sent_back(live, reviewer, seen_version=2)
    drafting.discard(live.uuid, by=partner)
    browser = login(partner)
    with statements() as form:
        page = browser.get(at(live, "edit/"))
    assert len(threads_on(page)) == 3
    assert len(form) <= 6
    with statements() as saved:
        save(browser, live, {each.uuid: ANSWER for each in threads}, version=0, client_name="Example Three")
    with statements() as check:
        browser.get(at(live, "check/"))
    assert (len(saved) <= 12, len(check) <= 9) == (True, True)


def test_the_road(login, partner, reviewer, waiting):
    """Two comments, no note; one is answered, the other done; the reviewer reads it and resolves."""
    desk, browser = login(reviewer), login(partner)
    review = f"/admin/registrations/registration/{waiting.uuid}/review/"
    for field, text in (("client_name", ASK), ("contacts", "Add a shared mailbox.")):
        said = {"talk": "comment", "seen_version": 1, "field": field, "to_partner": text}
        assert desk.post(review, said).status_code == 302
    decision = {"decision": "request_changes", "seen_version": 1, "note": ""}
    assert desk.post(review, decision).status_code == 302
    name, contacts = Thread.objects.order_by("pk")
    assert list(threads_on(browser.get(at(waiting, "edit/")))) == [str(name.uuid), str(contacts.uuid)]
    save(browser, waiting, {name.uuid: ANSWER}, contacts=["team@client.example"])
    assert browser.post(at(waiting, "submit/"), {"draft_version": 2}).status_code == 302
    page = desk.get(review)
    assert ANSWER in threads_on(page)[str(name.uuid)]
    assert with_attribute(page.text, "data-changed", "contacts")
    for thread in (name, contacts):
        done = {"talk": "resolve", "seen_version": 2, "thread": str(thread.uuid)}
        assert desk.post(review, done).status_code == 302
    assert not Thread.objects.filter(resolved_at=None).exists()
    assert Comment.objects.count() == 3


def test_an_answer_alone_to_a_live_client_is_announced_and_handed_in(login, partner, reviewer, waiting):
    thread = asked(waiting, reviewer)
    review.approve(waiting.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    browser = login(partner)
    save(browser, waiting, {thread.uuid: ANSWER}, version=0, then="check")
    page = browser.get(at(waiting, "check/"))
    assert with_attribute(page.text, "data-outcome", "review")
    assert "You answer a question from Pleo." in page.text
    answer = {"draft_version": again(waiting).draft.version, "announced": "review", "live_version": 1}
    assert browser.post(at(waiting, "submit/"), answer).status_code == 302
    assert thread.comments.filter(by_desk=False).count() == 1
