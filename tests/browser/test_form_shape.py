"""What of the form is in sight, and where."""

import pytest
from playwright.sync_api import expect

from tests.browser.scenery import page_of
from tests.support.commenting import asked, sent_back
from tests.support.registrations import a_draft, submitted, with_exception

NEW = "/registrations/new/"
ONLY_WITH_EXCEPTION = ("#id_pkce_justification", "#id_pkce_controls")


def test_what_only_an_exception_needs_comes_with_it(window, partner):
    page = window(partner)
    page.goto(NEW)
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_hidden()
    page.get_by_role("radio", name="Not supported").check()
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_visible()


def test_without_scripts_it_is_always_there(window, partner):
    page = window(partner, javascript=False)
    page.goto(NEW)
    for field in ONLY_WITH_EXCEPTION:
        expect(page.locator(field)).to_be_visible()


def test_what_is_said_of_it_stays_in_sight(window, partner, reviewer):
    registration = submitted(partner, **with_exception())
    asked(registration, reviewer, "Which library?", field="pkce_justification")
    sent_back(registration, reviewer)
    page = window(partner)
    page.goto(page_of(registration, "edit/"))
    page.get_by_role("radio", name="Supported Your client").check()
    expect(page.get_by_text("Which library?")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_list_of_parts_stands_above_or_beside_the_form(window, partner, width):
    page = window(partner, width=width)
    page.goto(page_of(a_draft(partner), "edit/"))
    parts = page.get_by_role("heading", name="On this page").bounding_box()
    first = page.locator("#id_client_name").bounding_box()
    assert parts["y"] < first["y"]


def test_rows_need_no_help_about_lines_and_a_textarea_does(window, partner):
    for javascript, is_told in ((True, 0), (False, 2)):
        page = window(partner, javascript=javascript)
        page.goto(NEW)
        expect(page.get_by_text("Enter one per line.")).to_have_count(is_told)


def test_the_buttons_of_a_list_are_of_one_size(window, partner):
    page = window(partner)
    page.goto(NEW)
    names = ("Remove redirect URI 1", "Add another redirect URI")
    heights = {page.get_by_role("button", name=name, exact=True).bounding_box()["height"] for name in names}
    assert len(heights) == 1
