"""Two questions, one answer and one change later: what the desk and the partner see of each other.

Its pictures stand in docs/journey.md; `make screenshots` takes them anew.
"""

import pytest
from playwright.sync_api import expect

from registrations.models import Comment, Registration
from tests.browser import steps
from tests.browser.looks import save_picture
from tests.desk.pages import QUEUE
from tests.support.invariants import check_invariants
from tests.support.registrations import submitted

WHICH = "Which of your products is this?"
WHOSE = "Is this host yours?"
ANSWER = "The one for accountants."
MENDED = "https://app.client.example/callback"


@pytest.mark.parametrize("width", [1280, 390])
def test_from_two_questions_to_an_approval(window, partner, reviewer, width):
    registration = submitted(partner)
    desk, page = window(reviewer, width=width), window(partner, width=width)
    claim(desk)
    picture(desk, "1-claimed")
    ask(desk, "client_name", WHICH)
    ask(desk, "redirect_uris", WHOSE)
    picture(desk, "2-comments", desk.locator("#comments-redirect_uris"))
    send_back(desk)
    find_the_questions(page, registration)
    picture(page, "3-answer", page.locator("[data-thread]").first)
    answer_and_change(page)
    picture(page, "4-check")
    steps.submit(page)
    find_what_differs(desk)
    picture(desk, "5-difference")
    approve(desk)
    picture(desk, "6-approved")
    assert Registration.objects.get().status == "active"
    assert list(Comment.objects.values_list("text", flat=True)) == [WHICH, WHOSE, ANSWER]
    check_invariants()


def claim(desk):
    desk.goto("/admin/")
    desk.get_by_role("link", name="Example Client").click()
    steps.press(desk, "Claim this review")
    expect(desk.get_by_role("button", name="Release the claim")).to_be_visible()


def ask(desk, field, question):
    place = desk.locator(f"#comments-{field}")
    place.locator("summary").first.click()
    place.get_by_label("To the partner", exact=True).fill(question)
    place.get_by_role("button", name="Comment to the partner").click()
    expect(place.locator(".desk-thread")).to_contain_text(question)


def send_back(desk):
    expect(desk.locator("#decide")).to_contain_text("2 comments")
    desk.get_by_role("radio", name="Request changes").check()
    steps.press(desk, "Send the decision")
    expect(desk.get_by_text("Example Client is sent back to the partner")).to_be_visible()
    assert desk.url.endswith(QUEUE)


def find_the_questions(page, registration):
    page.goto(f"/registrations/{registration.uuid}/edit/")
    for question in (WHICH, WHOSE):
        expect(page.get_by_text(question)).to_be_visible()


def answer_and_change(page):
    page.locator("textarea[name^='answer-']").first.fill(ANSWER)
    page.locator("#id_redirect_uris").fill(MENDED)
    steps.press(page, "Check and submit")
    expect(page.get_by_text(ANSWER)).to_be_visible()


def find_what_differs(desk):
    desk.goto("/admin/registrations/registration/")
    desk.get_by_role("link", name="Example Client").click()
    changed = desk.locator("[data-changed]")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text("app.client.example")
    expect(desk.get_by_text(ANSWER)).to_be_visible()


def approve(desk):
    desk.get_by_role("radio", name="Approve").check()
    steps.press(desk, "Send the decision")
    expect(desk.get_by_text("Example Client is approved.")).to_be_visible()


def picture(page, step, at=None):
    """Of a window 1280 pixels wide, with ``at`` on its upper edge."""
    if page.viewport_size["width"] == 1280:
        if at is not None:
            at.evaluate("place => place.scrollIntoView({block: 'center'})")
        save_picture(page, f"journey-{step}.png")
