"""*Next request* claims what follows in the reader's list, and opens it."""

from urllib.parse import quote

import pytest

from portal.audit.models import Event
from registrations.workflow import assignment, drafting, review, scopes, snoozing
from tests.desk.pages import QUEUE, decide, review_path
from tests.desk.test_work import RESTRICTED
from tests.support import people
from tests.support.registrations import approved, change, submitted, with_exception
from tests.support.scenes import SNOOZE

pytestmark = pytest.mark.django_db

NEXT = f"{QUEUE}next/"


@pytest.fixture
def colleague(db):
    return people.reviewer("second@portal.example")


@pytest.fixture
def three(by):
    return [submitted(by, client_name=f"Client {word}") for word in ("one", "two", "three")]


def press(desk, after=None, kept=""):
    """Where the button leads to, without the filters."""
    query = f"?_changelist_filters={quote(kept)}" + (f"&after={after.uuid}" if after else "")
    answer = desk.post(NEXT + query)
    assert answer.status_code == 302
    return answer["Location"].partition("?")[0]


def holder(registration):
    return registration.revisions.get(status="under_review").claimed_by


def skipped(desk):
    (said,) = [str(one) for one in desk.get(QUEUE).context["messages"]]
    return said


def test_it_claims_what_it_opens(desk, three):
    assert press(desk) == review_path(three[0])
    assert holder(three[0]) == desk.who
    assert [holder(one) for one in three[1:]] == [None, None]
    assert Event.objects.get(verb="revision.claimed").stream == three[0].uuid
    assert "You have claimed the review of Client one." in desk.get(review_path(three[0])).text


def test_it_goes_on_from_the_present_one_and_after_the_last_begins_again(desk, three):
    first, second, third = three
    assert press(desk, after=first) == review_path(second)
    assert press(desk, after=second) == review_path(third)
    assert press(desk, after=third) == review_path(first)


def test_it_goes_on_from_one_that_was_just_decided(desk, three):
    first, second, third = three
    assert press(desk, after=first) == review_path(second)
    decide(desk, second, "approve")
    assert press(desk, after=second) == review_path(third)


def test_it_keeps_the_filters_and_the_order_of_the_list(desk, by):
    submitted(by, client_name="Staging one")
    serious = [
        submitted(by, client_name=f"Serious {letter}", environment="production", scope=["users:read"])
        for letter in "ABC"
    ]
    answer = desk.post(f"{NEXT}?_changelist_filters=environment%3Dproduction")
    assert answer["Location"] == f"{review_path(serious[0])}?_changelist_filters=environment%3Dproduction"
    kept = "environment=production&order=newest"
    assert press(desk, kept=kept) == review_path(serious[2])
    assert press(desk, after=serious[2], kept=kept) == review_path(serious[1])
    assert press(desk, after=serious[1], kept="q=Staging") != review_path(serious[2])


def test_of_a_list_of_live_clients_it_takes_what_waits(desk, by, colleague):
    live = approved(by, colleague, client_name="Living")
    assert press(desk, kept="state=live") == QUEUE
    change(live, by, client_name="Living", initiation_uri="https://client.example/start")
    drafting.submit(live.uuid, by=by)
    assert press(desk, kept="state=live") == review_path(live)


def test_opening_by_a_link_claims_nothing(desk, three):
    desk.get(review_path(three[0]))
    desk.get(f"{QUEUE}{three[0].pk}/change/")
    assert holder(three[0]) is None


def test_what_this_person_claimed_before_is_opened_without_a_second_claim(desk, three):
    assignment.claim(three[0].uuid, by=desk.who)
    assert press(desk) == review_path(three[0])
    assert Event.objects.filter(verb__startswith="revision.claim").count() == 1


def test_what_this_person_cannot_go_on_with_is_passed_over_and_named(desk, by, colleague):
    taken = submitted(by, client_name="Taken")
    assignment.claim(taken.uuid, by=colleague)
    snoozed = submitted(by, client_name="Snoozed")
    snoozing.snooze(snoozed.uuid, by=desk.who, seen_version=1, **SNOOZE)
    confirmed = submitted(by, client_name="Confirmed", **RESTRICTED)
    scopes.confirm_scopes(confirmed.uuid, by=desk.who, seen_version=1)
    submitted(by, **with_exception(client_name="Excepted"))
    own = submitted(people.partner("me@other.example", "Other Ltd"), client_name="Own")
    own.organisation.memberships.create(user=desk.who, role="viewer")
    assert press(desk) == QUEUE
    said = skipped(desk)
    assert said.startswith("Nothing else in this list is waiting for you. Skipped: ")
    for words in (
        "1 of your own organisation or submitted by you",
        "1 claimed by colleagues",
        "1 whose restricted scopes you confirmed, so that somebody else has to approve",
        "1 waiting for a PKCE approver",
        "1 snoozed by you",
    ):
        assert words in said
    assert not any(holder(one) == desk.who for one in (taken, snoozed, confirmed, own))


def test_a_pkce_approver_is_led_to_requested_exceptions(leads_desk, by):
    excepted = submitted(by, **with_exception())
    assert press(leads_desk) == review_path(excepted)


def test_a_second_person_is_led_to_what_another_confirmed(desk, by, colleague):
    confirmed = submitted(by, **RESTRICTED)
    scopes.confirm_scopes(confirmed.uuid, by=colleague, seen_version=1)
    assert press(desk, kept="needs=second_look") == review_path(confirmed)


def test_with_an_empty_list_it_says_so(desk, by, waiting):
    assert press(desk, after=waiting, kept="kind=change") == QUEUE
    assert skipped(desk) == "Nothing else in this list is waiting for you."


def test_what_is_snoozed_comes_back_on_its_day(desk, waiting, time_machine):
    snoozing.snooze(waiting.uuid, by=desk.who, seen_version=1, **SNOOZE)
    assert press(desk) == QUEUE
    time_machine.move_to(SNOOZE["until"])
    people.sign_in(desk, desk.who)
    assert press(desk) == review_path(waiting)


def test_a_link_to_it_leads_back_to_the_list(desk, client):
    answer = desk.get(f"{NEXT}?_changelist_filters=kind%3Dnew")
    assert answer.status_code == 405
    assert f'href="{QUEUE}?kind=new"' in answer.text
    client.logout()
    answer = client.post(NEXT)
    assert answer["Location"] == f"/admin/login/?next={QUEUE}"


@pytest.mark.parametrize(
    "query", ["?after=nonsense", "?_changelist_filters=state%3Dx%26moon%3D1%26p%3D7", "?after="]
)
def test_an_odd_address_opens_the_first(desk, three, query):
    assert desk.post(NEXT + query)["Location"].partition("?")[0] == review_path(three[0])


def test_the_button_is_for_reviewers(client, three):
    desk = people.sign_in(client, people.auditor())
    assert "Next request" not in desk.get(QUEUE).text
    assert "Next request" not in desk.get(review_path(three[0])).text
    assert desk.post(NEXT).status_code == 403
    assert holder(three[0]) is None


def test_a_decision_ends_what_is_next(desk, by, waiting):
    review.reject(waiting.uuid, by=desk.who, seen_version=1, note="No.")
    assert press(desk) == QUEUE
