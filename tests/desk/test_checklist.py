"""The checklist on the review page."""

import re

import pytest
from django.utils import timezone

from portal.audit.models import Event
from registrations.models import ChecklistTick, Preflight
from registrations.workflow import checklist, drafting, review
from tests.desk.pages import decide, review_path, state
from tests.support.people import auditor, home, reviewer, sign_in
from tests.support.registrations import change, submitted, with_exception
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

ITEM, OTHER = "policy_names_product", "name_is_theirs"


def save(client, registration, *ticks, were=(), seen_version=1, **more):
    form = {"checklist": "save", "seen_version": seen_version, "ticks": ticks, "were": were, **more}
    return client.post(review_path(registration), form)


def mark(page, item):
    return re.search(rf'data-item="{item}" data-mark="(\w+)"', page)[1]


def is_checked(page, item):
    return " checked" in re.search(rf'<input [^>]*id="id_tick_{item}"[^>]*>', page)[0]


def ticks():
    return list(ChecklistTick.objects.order_by("pk").values_list("item", flat=True))


def test_items_are_marked_before_anybody_looks(desk, waiting):
    page = desk.get(review_path(waiting)).text
    assert mark(page, "name_rules") == "pass"
    assert 'data-item="pages_answer"' not in page
    assert mark(page, "submitter_mail") == "pass"
    assert mark(page, ITEM) == "ask"
    assert 'data-item="logo_is_theirs"' not in page
    assert 'data-item="pkce_granted"' not in page


def test_the_evidence_of_the_page_marks_the_items(desk, by):
    asked = [{"rule": "N-05", "value": "Pleo Museum", "reason": "We are a museum of that name."}]
    typed = with_exception(client_name="Pleo Museum", review_asked=asked)
    registration = submitted(by, **typed)
    looked = {"revision": registration.revisions.get(), "uri": "https://client.example/"}
    Preflight.objects.create(field="tos_uri", verdict="not_public", checked_at=timezone.now(), **looked)
    Preflight.objects.create(field="redirect_uris", **looked)
    page = desk.get(review_path(registration)).text
    assert mark(page, "name_rules") == "warn"
    assert mark(page, "pages_answer") == "fail"
    assert mark(page, "redirect_hosts_answer") == "warn"
    assert mark(page, "questions_answered") == "fail"
    assert mark(page, "pkce_granted") == "warn"
    assert mark(page, "pkce_reason_holds") == "ask"


def test_a_review_can_be_left_and_taken_up_again(desk, waiting):
    answer = save(desk, waiting, ITEM, OTHER)
    assert (answer.status_code, answer["Location"]) == (302, review_path(waiting))
    page = desk.get(review_path(waiting)).text
    assert "The checklist is saved." in page
    assert is_checked(page, ITEM)
    assert f"Ticked by {desk.who.get_full_name()}, " in page
    assert "<span data-ticked>2</span> of 7 ticked." in page
    assert 'data-unticked="5"' in page
    save(desk, waiting, OTHER, were=[ITEM, OTHER])
    assert ticks() == [OTHER]


def test_a_tick_that_a_colleague_made_meanwhile_stays(desk, waiting):
    checklist.tick(waiting.uuid, by=reviewer("second@portal.example"), seen_version=1, item=ITEM)
    assert save(desk, waiting, OTHER).status_code == 302
    assert sorted(ticks()) == [OTHER, ITEM]


def test_a_tick_that_a_colleague_was_faster_with_is_told(desk, waiting):
    checklist.tick(waiting.uuid, by=reviewer("second@portal.example"), seen_version=1, item=ITEM)
    answer = save(desk, waiting, ITEM)
    assert answer.status_code == 409
    assert "Somebody ticked this in the meantime." in answer.text


def test_a_stale_page_keeps_the_boxes_and_ticks_nothing(desk, by, waiting):
    drafting.withdraw(waiting.uuid, by=by)
    drafting.submit(waiting.uuid, by=by)
    before = state(waiting)
    answer = save(desk, waiting, ITEM)
    assert answer.status_code == 409
    assert is_checked(answer.text, ITEM)
    assert not is_checked(answer.text, OTHER)
    assert f'name="were" value="{ITEM}"' not in answer.text
    assert ticks() == []
    assert state(waiting) == before


@pytest.mark.parametrize(
    "more", [{"ticks": "moon"}, {"were": "moon"}, {"seen_version": "x"}, {"ticks": "a\x00"}]
)
def test_nonsense_ticks_nothing(desk, waiting, more):
    before = state(waiting)
    assert save(desk, waiting, **more).status_code == 422
    assert state(waiting) == before


def test_who_may_not_review_sees_the_list_and_ticks_nothing(client, by, waiting):
    own = reviewer("own@portal.example")
    home(by).memberships.create(user=own, role="viewer")
    for person in (auditor(), own):
        sign_in(client, person)
        page = client.get(review_path(waiting)).text
        assert mark(page, ITEM) == "ask"
        assert "Not ticked" in page
        assert 'name="ticks"' not in page
        assert save(client, waiting, ITEM).status_code == 403
        assert save(client, waiting).status_code == 403
    assert ticks() == []


def test_ticks_are_shown_after_the_decision(desk, waiting):
    save(desk, waiting, ITEM)
    assert decide(desk, waiting, "approve").status_code == 302
    page = desk.get(review_path(waiting)).text
    assert (mark(page, ITEM), mark(page, OTHER)) == ("ticked", "ask")
    assert f"Ticked by {desk.who.get_full_name()}, " in page
    assert 'name="ticks"' not in page
    assert ITEM not in Event.objects.get(verb="revision.approved").detail["unticked"]


def test_a_tick_on_the_same_value_still_stands_and_says_where_it_was_made(desk, by, waiting):
    save(desk, waiting, ITEM)
    review.request_changes(waiting.uuid, by=desk.who, seen_version=1, note="Please.")
    drafting.submit(waiting.uuid, by=by)
    page = desk.get(review_path(waiting)).text
    assert is_checked(page, ITEM)
    assert "on revision 1, unchanged" in " ".join(page.split())
    assert "Ticked on earlier revisions" not in page


def test_ticks_about_other_values_are_told_apart(desk, by, waiting):
    save(desk, waiting, ITEM)
    review.request_changes(waiting.uuid, by=desk.who, seen_version=1, note="Please.")
    change(waiting, by, policy_uri="https://client.example/other")
    drafting.submit(waiting.uuid, by=by)
    page = desk.get(review_path(waiting)).text
    earlier = page.partition("Ticked on earlier revisions")[2].partition("</details>")[0]
    assert "Revision 1" in earlier
    assert "The privacy policy names this product." in earlier
    assert not is_checked(page, ITEM)


def test_the_page_costs_the_same_with_every_tick(desk, by, waiting):
    with statements() as bare:
        desk.get(review_path(waiting))
    save(desk, waiting, ITEM, OTHER, "terms_cover_product")
    desk.get(review_path(waiting))
    with statements() as full:
        desk.get(review_path(waiting))
    assert len(full) == len(bare) <= 16, len(bare)
