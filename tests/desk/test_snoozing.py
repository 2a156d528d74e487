"""The page to snooze a request, and how the queue shows what is snoozed."""

import re

import pytest

from registrations.models import Snooze
from registrations.workflow import assignment, drafting, snoozing
from tests.desk.pages import QUEUE, review_path
from tests.desk.test_queue import clients
from tests.support import people
from tests.support.registrations import approved, change, in_days, submitted
from tests.support.scenes import SNOOZE

pytestmark = pytest.mark.django_db

TYPED = {"seen_version": 1, "until": str(in_days(3)), "waiting_on": "partner", "reason": "They answer then."}


def page_of(registration):
    return f"{QUEUE}{registration.uuid}/snooze/"


def snoozed(registration, by, **changes):
    return snoozing.snooze(registration.uuid, by=by, seen_version=1, **SNOOZE | changes)


def on_page(answer):
    """The words of the column, without tags."""
    cells = re.findall(r'field-waiting_on">(.*?)</td>', answer.text)
    return [re.sub(r"<[^>]*>", "", cell) for cell in cells]


def test_a_request_is_snoozed_from_its_page(desk, waiting):
    assert f'href="{page_of(waiting)}"' in desk.get(review_path(waiting)).text
    page = desk.get(page_of(waiting)).text
    assert f'min="{in_days(1)}"' in page
    assert "Example Client of Client Ltd" in page
    answer = desk.post(page_of(waiting), TYPED)
    assert (answer.status_code, answer["Location"]) == (302, review_path(waiting))
    page = desk.get(review_path(waiting)).text
    assert "You snoozed it until" in page
    assert "They answer then." in page
    assert "They answer then." in desk.get(page_of(waiting)).text


def test_the_way_back_keeps_the_filters(desk, waiting):
    kept = "?_changelist_filters=kind%3Dnew"
    assert desk.post(page_of(waiting) + kept, TYPED)["Location"] == review_path(waiting) + kept


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"until": ""}, ["until"]),
        ({"until": "soon"}, ["until"]),
        ({"until": str(in_days(0))}, ["until"]),
        ({"until": str(in_days(900))}, ["until"]),
        ({"waiting_on": ""}, ["waiting_on"]),
        ({"waiting_on": "moon"}, ["waiting_on"]),
        ({"reason": " \n"}, ["reason"]),
        ({"reason": "Look\x1b"}, ["reason"]),
        ({"until": "", "waiting_on": "", "reason": ""}, ["until", "waiting_on", "reason"]),
    ],
)
def test_what_is_wrong_is_named_beside_its_field_and_the_rest_stays(desk, waiting, changes, wrong):
    answer = desk.post(page_of(waiting), TYPED | changes)
    assert answer.status_code == 422
    named = re.findall(r'id="id_(\w+)_error"', answer.text)
    assert named == wrong
    if "reason" not in wrong:
        assert "They answer then." in answer.text
    if "waiting_on" not in wrong:
        assert re.search(r'value="partner"[^>]* checked', answer.text)
    assert not Snooze.objects.exists()


def test_another_revision_than_the_one_seen_is_not_snoozed(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    change(waiting, by, client_name="Another Client")
    drafting.submit(waiting.uuid, by=by)
    answer = desk.post(page_of(waiting), TYPED)
    assert answer.status_code == 409
    assert "revision 2 is under review now" in answer.text
    assert "They answer then." in answer.text
    assert 'name="seen_version" id="id_seen_version" value="2"' in answer.text
    assert not Snooze.objects.exists()


def test_what_is_decided_is_not_snoozed(desk, by):
    live = approved(by, desk.who)
    for answer in (desk.get(page_of(live)), desk.post(page_of(live), TYPED)):
        assert answer.status_code == 409
        assert f'href="{review_path(live)}"' in answer.text


def test_those_who_may_not_decide_are_offered_no_snooze(desk, client, by, waiting):
    people.home(by).memberships.create(user=desk.who, role="viewer")
    watching = people.auditor()
    for who in (desk.who, watching):
        browser = people.sign_in(client, who)
        assert page_of(waiting) not in browser.get(review_path(waiting)).text
        assert browser.get(page_of(waiting)).status_code == 403


def test_the_queue_leaves_out_what_is_snoozed_and_says_so(desk, by, waiting):
    snoozed(waiting, desk.who)
    page = desk.get(QUEUE)
    assert clients(page) == []
    assert "Nothing is waiting for review but 1 that you snoozed." in page.text
    submitted(by, client_name="Another Client")
    page = desk.get(QUEUE)
    assert clients(page) == ["Another Client"]
    assert "You snoozed 1 more." in page.text


def test_a_filter_and_a_search_find_what_is_snoozed(desk, waiting):
    made = snoozed(waiting, desk.who)
    for query in ({"snoozed": "mine"}, {"q": "example cl"}, {"state": "all"}):
        page = desk.get(QUEUE, query)
        assert clients(page) == ["Example Client"]
        day = f"{made.until.day} {made.until:%b}"
        assert on_page(page) == [f"Partner snoozed until {day}: They answer on Monday."]


def test_colleagues_see_it_as_before(desk, client, waiting):
    snoozed(waiting, desk.who)
    colleague = people.sign_in(client, people.reviewer("second@portal.example"))
    page = colleague.get(QUEUE)
    assert (clients(page), on_page(page)) == (["Example Client"], ["Pleo"])
    assert "They answer on Monday." not in page.text


def test_it_is_back_on_its_day_and_can_be_woken(desk, waiting, time_machine):
    made = snoozed(waiting, desk.who)
    time_machine.move_to(made.until)
    people.sign_in(desk, desk.who)
    page = desk.get(QUEUE)
    assert clients(page) == ["Example Client"]
    assert "back since" in on_page(page)[0]
    answer = desk.post(f"{QUEUE}{waiting.uuid}/wake/")
    assert answer["Location"] == review_path(waiting)
    assert on_page(desk.get(QUEUE)) == ["Pleo"]
    assert desk.post(f"{QUEUE}{waiting.uuid}/wake/").status_code == 409


def test_a_claim_stays(desk, waiting):
    assignment.claim(waiting.uuid, by=desk.who)
    assert "you keep your claim" in " ".join(desk.get(page_of(waiting)).text.split())
    desk.post(page_of(waiting), TYPED)
    assert waiting.revisions.get().claimed_by == desk.who
