"""The way to a submitted registration without a mouse."""

from playwright.sync_api import expect

from registrations.models import Revision
from tests.browser import steps

FOCUSED = "document.activeElement"


def test_the_first_stop_skips_to_the_content(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_form_is_filled_and_sent_by_keyboard(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    answers = steps.EXAMPLE | dict.fromkeys([f"scope {scope}" for scope in steps.SCOPES], " ")
    fill_by_keyboard(page, answers | {"confidential": " "})
    assert page.get_by_role("heading", name="Check your answers").is_visible()
    tab_to(page, "Submit for review")
    page.keyboard.press("Enter")
    expect(page.locator(".page-head")).to_contain_text("Under review")
    revision = Revision.objects.get()
    assert revision.client_name == "Example Client"
    assert [row.uri for row in revision.redirect_uris.all()] == ["https://client.example/callback"]


def test_an_error_is_reached_and_mended_by_keyboard(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    fill_by_keyboard(page, steps.EXAMPLE | {"client_uri": "http://client.example/"})
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_client_uri")).to_be_focused()


def fill_by_keyboard(page, answers):
    """Tab by Tab, typing where an answer belongs; ends with the button that checks."""
    missing = dict(answers)
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            f"[{FOCUSED}.id.replace('id_', ''), {FOCUSED}.name, {FOCUSED}.value, {FOCUSED}.tagName]"
        )
        name = stop[0] if stop[0] in missing else f"{stop[1]} {stop[2]}"
        if name in missing:
            page.keyboard.type(missing.pop(name))
        if stop[3] == "BUTTON" and stop[2] == "check":
            break
    assert missing == {}
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page, words):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.textContent.trim()") == words:
            return
    raise AssertionError(f"Tab never came to {words}")
