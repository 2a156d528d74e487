"""The single keys of the desk."""

from playwright.sync_api import expect

from registrations.models import Revision
from tests.browser.scenery import review_of
from tests.desk.pages import QUEUE
from tests.support.registrations import submitted


def test_keys_lead_through_the_queue_and_decide_nothing(window, partner, reviewer):
    first = submitted(partner, client_name="First Client")
    page = window(reviewer)
    page.goto(QUEUE)
    turn_on(page)
    page.keyboard.press("n")
    page.wait_for_url(f"**{review_of(first)}*")
    page.keyboard.press("c")
    expect(page.get_by_text("You have claimed this review")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="Approve")).to_be_focused()
    expect(page.get_by_role("radio", name="Approve")).not_to_be_checked()
    assert Revision.objects.get().status == "under_review"


def test_keys_rest_until_they_are_turned_on(window, partner, reviewer):
    page = window(reviewer)
    page.goto(review_of(submitted(partner)))
    expect_rest(page)


def test_keys_rest_while_one_types_and_where_they_are_turned_off_again(window, partner, reviewer):
    page = window(reviewer)
    page.goto(review_of(submitted(partner)))
    turn_on(page)
    page.locator("#id_note").press_sequentially("can")
    expect(page.locator("#id_note")).to_have_value("can")
    page.get_by_label("Single keys work").uncheck()
    page.reload()
    expect_rest(page)


def turn_on(page):
    page.get_by_text("Keyboard shortcuts", exact=True).click()
    page.get_by_label("Single keys work").check()


def expect_rest(page):
    page.keyboard.press("c")
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="Approve")).not_to_be_focused()
    assert Revision.objects.get().claimed_by is None


def test_without_scripts_there_is_no_help_for_keys(window, partner, reviewer):
    page = window(reviewer, javascript=False)
    page.goto(review_of(submitted(partner)))
    expect(page.get_by_text("Keyboard shortcuts", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Claim this review").click()
    expect(page.get_by_text("You have claimed this review")).to_be_visible()
