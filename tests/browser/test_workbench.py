"""The review page as a workbench: how little a clean request takes, and that no text is ever lost."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from portal.accounts.models import User
from registrations.models import Comment, Revision
from registrations.workflow import drafting
from tests.browser import steps
from tests.browser.counting import Counted
from tests.browser.scenery import review_of
from tests.desk.pages import QUEUE
from tests.support.registrations import approved, change, submitted
from tests.support.scale import FULL

ASK = "Which of your products is this?"
BUDGET = 4
BUDGET_OF_A_CHANGE = 3
SCREENS = 2


def tick_all(page):
    """Tick every box beside a value, each where it stands."""
    for box in page.locator("[name=ticks]").all():
        box.check()


@pytest.fixture
def counted(window, reviewer):
    page = window(reviewer)
    page.set_viewport_size({"width": 1280, "height": 800})
    return Counted(page)


def from_the_queue_to_the_next(counted, name, *, is_ticked=False):
    page = counted.page
    page.goto(QUEUE)
    counted.press(page.get_by_role("link", name=name, exact=True))
    counted.watch()
    if is_ticked:
        assert page.locator("[name=ticks]:not(:checked)").count() == 0
    else:
        tick_all(page)
    counted.choose(page.get_by_role("radio", name="Approve"))
    counted.press(page.get_by_role("button", name="Approve and open next"))
    expect(page.get_by_text(f"{name} is approved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Second Client")).to_be_visible()


def test_a_clean_request_takes_few_presses_and_little_scrolling(counted, partner, record_property):
    submitted(partner, client_name="First Client")
    submitted(partner, client_name="Second Client")
    from_the_queue_to_the_next(counted, "First Client")
    record_property("first submission", (counted.presses, counted.pages, counted.scrolled))
    assert counted.presses <= BUDGET
    assert counted.scrolled <= SCREENS * 800
    assert Revision.objects.get(client_name="First Client").status == "approved"


def test_a_change_of_a_live_client_takes_fewer(counted, partner, reviewer, record_property):
    live = submitted(partner, client_name="First Client")
    page = counted.page
    page.goto(review_of(live))
    tick_all(page)
    page.get_by_role("radio", name="Approve").check()
    steps.send(page, "Send the decision")
    change(live, partner, client_name="First Client", redirect_uris=["https://client.example/new"])
    drafting.submit(live.uuid, by=partner)
    submitted(partner, client_name="Second Client")
    counted.presses = 0
    from_the_queue_to_the_next(counted, "First Client", is_ticked=True)
    record_property("change", (counted.presses, counted.pages, counted.scrolled))
    assert counted.presses <= BUDGET_OF_A_CHANGE


def test_what_was_typed_survives_every_link_and_a_reload(window, partner, reviewer):
    registration = submitted(partner, client_name="First Client")
    page = window(reviewer)
    page.goto(review_of(registration))
    page.locator("#comments-client_uri summary").first.click()
    page.locator("#id_to_partner_client_uri").fill(ASK)
    page.locator("#id_note").fill("Nearly there.")
    page.locator("#id_tick_terms_cover_product").check()
    for link in ("Review queue", "All activity"):
        with page.expect_event("load"):
            page.get_by_role("link", name=link, exact=True).first.click()
        page.goto(review_of(registration))
        assert_still_there(page)
    page.locator("#id_note").fill("Nearly there. Almost.")
    expect(page.locator("#kept")).to_contain_text("Kept for you")
    page.reload()
    expect(page.locator("#id_note")).to_have_value("Nearly there. Almost.")
    assert not Comment.objects.exists()


def test_what_was_typed_on_the_page_of_a_verb_survives_a_link_and_back(window, partner, reviewer):
    live = approved(partner, reviewer)
    page = window(reviewer)
    page.goto(review_of(live))
    page.goto(f"{QUEUE}{live.uuid}/suspend/")
    page.get_by_label("Reason for suspending").fill("Typed with care.")
    with page.expect_event("load"):
        page.get_by_role("link", name="Review queue", exact=True).first.click()
    page.get_by_role("link", name="Go on with what you typed").click()
    expect(page.get_by_label("Reason for suspending")).to_have_value("Typed with care.")
    page.get_by_label("Internal note").fill("Legal asked.")
    expect(page.locator("#kept")).to_contain_text("Kept for you")
    page.go_back()
    page.get_by_role("link", name="Go on with what you typed").click()
    expect(page.get_by_label("Internal note")).to_have_value("Legal asked.")
    steps.send(page, "Suspend the client")
    expect(page.get_by_text("is suspended. The partner will see your reason.")).to_be_visible()
    expect(page.get_by_text("We kept what you typed")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_last_line_of_a_page_stands_below_its_content(window, reviewer, settings, width):
    settings.PORTAL_SUPPORT = "help@portal.example"
    page = window(reviewer, width=width)
    page.goto(f"{QUEUE}overview/")
    places = [page.locator(part).bounding_box()["x"] for part in ("#content h1", "#footer p")]
    assert places[0] == places[1]


def assert_still_there(page):
    expect(page.locator("#id_to_partner_client_uri")).to_have_value(ASK)
    expect(page.locator("#id_note")).to_have_value("Nearly there.")
    expect(page.locator("#id_tick_terms_cover_product")).to_be_checked()


@pytest.mark.parametrize("javascript", [True, False])
def test_no_button_loses_what_stands_in_another_box(window, partner, reviewer, javascript):
    registration = submitted(partner, client_name="First Client")
    page = window(reviewer, javascript=javascript)
    page.goto(review_of(registration))
    page.locator("#id_note").fill("Nearly there.")
    place = page.locator("#comments-client_uri")
    place.locator("summary").first.click()
    place.get_by_label("To the partner", exact=True).fill(ASK)
    place.get_by_role("button", name="Comment to the partner").click()
    expect(place.locator("[data-thread]")).to_contain_text(ASK)
    expect(page.locator("#id_note")).to_have_value("Nearly there.")
    page.get_by_role("button", name="Claim this review").click()
    expect(page.get_by_text("You have claimed this review")).to_be_visible()
    expect(page.locator("#id_note")).to_have_value("Nearly there.")
    page.get_by_role("radio", name="Request changes").check()
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_text("First Client is sent back to the partner")).to_be_visible()
    assert Revision.objects.get().note == "Nearly there."


def test_what_the_chosen_decision_does_not_need_steps_back(window, partner, reviewer):
    page = window(reviewer)
    page.goto(review_of(submitted(partner)))
    reasons = page.get_by_text("Prepared reasons for requesting changes or rejecting")
    expect(reasons).to_be_visible()
    page.get_by_role("radio", name="Approve").check()
    expect(reasons).to_be_hidden()
    expect(page.get_by_role("button", name="Approve and open next")).to_be_visible()
    page.get_by_role("radio", name="Reject").check()
    expect(reasons).to_be_visible()
    expect(page.get_by_role("group", name="Scopes to grant")).to_be_hidden()
    expect(page.get_by_role("button", name="Reject and open next")).to_be_visible()


def test_forty_requests_are_worked_through(window, settings):
    settings.DEBUG = True
    call_command("seed_demo", requests=True)
    settings.DEBUG = False
    page = window(User.objects.get(email="lead@portal.example"))
    page.goto(QUEUE)
    most = 60 if FULL else 12
    for number in range(most):
        if not Revision.objects.under_review().exists():
            break
        steps.send(page, "Next request")
        if page.url.endswith(QUEUE) or page.locator("form[data-keeps]").count() == 0:
            break
        work_through(page, number)
    decided = Revision.objects.filter(decided_by__email="lead@portal.example").count()
    assert decided >= (30 if FULL else 8)


def work_through(page, number):
    """Decide as the page allows; every kind of decision has its turn."""
    approve = page.locator("[name=decision][value=approve]")
    if number % 3 == 0 and approve.is_enabled() and page.locator("#second-person").count() == 0:
        approve.check()
    else:
        page.locator(f"[name=decision][value={'reject' if number % 3 == 1 else 'request_changes'}]").check()
        page.locator("#id_note").fill("Say which product this is.")
    steps.send(page, "Send the decision")
    expect(page.locator(".messagelist")).to_be_visible()
