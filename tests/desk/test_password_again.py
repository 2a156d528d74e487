"""What nobody should do in a session left open needs a recent sign-in; what stops harm never does."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.kept_forms.models import KeptForm
from registrations.models import Comment
from registrations.workflow import assignment, client
from tests.desk.pages import NOTE, QUEUE, decide, review_path
from tests.desk.typing import filled
from tests.support import people
from tests.support.people import PASSWORD, sign_in
from tests.support.registrations import again, approved, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db


def at(registration, verb):
    return f"{QUEUE}{registration.uuid}/{verb}/"


def asks(answer):
    """Whether the answer leads to the password."""
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/reauthenticate/?next=")


def prove(browser, answer):
    """Type the password, and return the page to which that leads."""
    assert asks(answer)
    return browser.get(browser.post(answer["Location"], {"password": PASSWORD})["Location"])


def in_the_past(browser, **before):
    """The browser of the same person, who signed in a while ago."""
    return sign_in(browser, browser.who, minutes_ago=timedelta(**before).total_seconds() / 60)


def typed(answers):
    return {name: values for name, values in answers.items() if name not in ("kept", "draft", "account_note")}


def test_an_approval_comes_back_complete_after_the_password(desk, waiting):
    colleague = people.reviewer("second@portal.example")
    assignment.claim(waiting.uuid, by=colleague)
    page = in_the_past(desk, minutes=16).get(review_path(waiting)).text
    texts = {"note": "Welcome.", "to_partner-contacts": "Whose is it?", "desk_note-whole": "Mine."}
    sent = filled(page, **texts, decision="approve", unsent="send", despite_claim="on")
    answer = desk.post(f"{at(waiting, 'decide')}?_changelist_filters=state%3Dopen", sent)
    assert asks(answer)
    assert (again(waiting).status, Comment.objects.count()) == ("pending", 0)
    back = urlsplit(parse_qs(urlsplit(answer["Location"]).query)["next"][0])
    assert (back.path, back.fragment) == (review_path(waiting), "decide")
    assert parse_qs(back.query)["_changelist_filters"] == ["state=open"]
    shown = prove(desk, answer)
    assert "It is not sent yet" in shown.text
    assert typed(filled(shown.text)) == typed(sent)
    assert desk.post(at(waiting, "decide"), filled(shown.text)).status_code == 302
    assert (again(waiting).status, Comment.objects.count()) == ("active", 1)
    assert not KeptForm.objects.exists()


def test_a_script_that_posts_to_the_page_is_asked_as_well(desk, waiting):
    assert asks(decide(in_the_past(desk, minutes=16), waiting, "approve"))
    assert again(waiting).status == "pending"


def test_an_approver_who_reviews_nothing_finds_what_they_typed(client, by):
    registration = submitted(by, **with_exception())
    client.who = people.staff("approver@portal.example", "PKCE approvers")
    client.who.groups.add(Group.objects.get(name="Auditors"))
    page = in_the_past(client, minutes=16).get(review_path(registration)).text
    sent = filled(page, pkce_preset="other", pkce_expires_on=str(in_days(20)), pkce_note="Until May.")
    answer = client.post(at(registration, "pkce"), sent | {"pkce_decision": ["grant"]})
    assert registration.pkce_exceptions.get().status == "requested"
    shown = prove(client, answer)
    assert typed(filled(shown.text)) == typed(sent)
    granted = client.post(at(registration, "pkce"), filled(shown.text) | {"pkce_decision": ["grant"]})
    assert (granted.status_code, registration.pkce_exceptions.get().status) == (302, "granted")
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    ("verb", "words", "after"),
    [
        ("close", {"close_reason": "They left.", "internal_note": "Mine.", "close_sure": "on"}, "closed"),
        ("reinstate", {"reinstate_note": "They are back."}, "active"),
    ],
)
def test_closing_and_reinstating_come_back_complete(desk, by, verb, words, after):
    live = approved(by, desk.who)
    client.suspend(live.uuid, by=desk.who, reason="A leak.")
    in_the_past(desk, minutes=16)
    shown = prove(desk, desk.post(at(live, verb), words))
    assert again(live).status == "suspended"
    assert {name: values for name, values in filled(shown.text).items() if name in words} == {
        name: [text] for name, text in words.items()
    }
    assert desk.post(at(live, verb), filled(shown.text)).status_code == 302
    assert (again(live).status, KeptForm.objects.exists()) == (after, False)


def test_the_former_address_leads_to_the_page_with_what_was_typed(desk, by):
    live = approved(by, desk.who)
    words = {"move": "close", "close_reason": "They left.", "close_sure": "on"}
    shown = prove(desk, in_the_past(desk, minutes=16).post(at(live, "life"), words))
    assert (shown.request["PATH_INFO"], "They left.</textarea>" in shown.text) == (at(live, "close"), True)


def test_who_stops_harm_is_not_held_up(desk, by, waiting):
    live = approved(by, desk.who)
    in_the_past(desk, hours=11)
    assert desk.post(at(live, "suspend"), {"suspend_reason": "A leak."}).status_code == 302
    assert again(live).status == "suspended"
    assert not asks(decide(desk, waiting, "reject"))
    assert waiting.revisions.get().status == "rejected"


def test_a_preview_asks_for_no_password(desk, waiting):
    answer = in_the_past(desk, hours=1).post(
        at(waiting, "preview"), {"decision": "approve", "seen_version": 1}
    )
    assert answer.status_code == 200


@pytest.fixture
def many(by):
    """Requests one after the other."""
    return iter([submitted(by) for _ in range(9)])


def decided(desk, many, decision, *, minutes):
    """Whether the decision counts that many minutes after the sign-in."""
    with time_machine.travel(desk.signed_in_at + timedelta(minutes=minutes), tick=False):
        return not asks(decide(desk, next(many), decision, note=NOTE))


def test_each_decision_prolongs_the_sign_in_up_to_two_hours(desk, many):
    desk.signed_in_at = timezone.now()
    assert decided(desk, many, "approve", minutes=14)
    assert decided(desk, many, "reject", minutes=28)
    for minutes in (42, 56, 70, 84, 98, 112):
        assert decided(desk, many, "request_changes", minutes=minutes) or minutes
    assert not decided(desk, many, "approve", minutes=121)


def test_a_decision_revives_no_sign_in_that_is_over(desk, many):
    desk.signed_in_at = timezone.now()
    assert decided(desk, many, "reject", minutes=16)
    assert not decided(desk, many, "approve", minutes=17)


def test_within_two_hours_a_prolonged_sign_in_counts(desk, many):
    desk.signed_in_at = timezone.now()
    for minutes in (14, 28, 42, 56, 70, 84, 98, 112):
        assert decided(desk, many, "reject", minutes=minutes)
    assert decided(desk, many, "approve", minutes=119)


def test_what_prolongs_approvals_prolongs_no_closing(desk, by, many):
    live, desk.signed_in_at = approved(by, desk.who), timezone.now()
    assert decided(desk, many, "reject", minutes=10)
    with time_machine.travel(desk.signed_in_at + timedelta(minutes=20), tick=False):
        assert asks(desk.post(at(live, "close"), {"close_reason": "They left.", "close_sure": "on"}))
