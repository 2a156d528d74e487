"""The connect panel with scripts: what is copied, the tabs, and the values made for PKCE."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret
from tests.browser import steps
from tests.browser.looks import too_wide, violations
from tests.support.registrations import approved

URIS = ["https://client.example/callback", "https://client.example/other?shop=O'Neil"]


@pytest.fixture
def page(window, partner, reviewer):
    registration = approved(partner, reviewer, redirect_uris=URIS)
    page = window(partner)
    page.goto(f"/registrations/{registration.uuid}/")
    return page


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def copied(page, name):
    """What a press copies; the button says so, and keeps its size and place."""
    button = page.get_by_role("button", name=f"Copy the {name}")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    button.click()
    expect(button.locator(".copy-answer")).to_have_css("opacity", "1")
    expect(page.locator("[data-copy-answer]")).to_contain_text("copied.")
    assert button.bounding_box() == before
    return clipboard(page)


def test_the_copy_button_of_the_clients_page_answers_once_pressed(page):
    expect(page.locator(".copy-answer").first).to_have_css("opacity", "0")
    assert copied(page, "client identifier") == page.locator("#client-id").inner_text()


def test_only_what_is_copied_holds_the_revealed_secret(page):
    secret = steps.reveal(page)
    assert page.content().count(secret) == 1
    assert f"CLIENT_SECRET={secret}\n" in copied(page, ".env file")
    page.get_by_role("tab", name="Postman").click()
    assert f'"value": "{secret}"' in copied(page, "postman collection")
    page.get_by_role("tab", name="curl").click()
    assert secret not in copied(page, "curl command")
    assert page.content().count(secret) == 1
    steps.press(page, "Hide")
    page.get_by_role("tab", name=".env").click()
    assert "CLIENT_SECRET=<your client secret>\n" in copied(page, ".env file")
    assert verifier_of(secret) == ClientSecret.objects.get().verifier


def test_where_the_browser_refuses_to_copy_the_page_says_so_and_the_keys_copy_the_whole_text(page):
    secret = steps.reveal(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException()); }")
    button = page.get_by_role("button", name="Copy the .env file")
    button.click()
    expect(button.locator(".copy-answer")).to_have_text("Press Ctrl+C")
    expect(page.locator("[data-copy-answer]")).to_contain_text(".env file is not copied yet.")
    page.keyboard.press("ControlOrMeta+C")
    assert f"CLIENT_SECRET={secret}\n" in clipboard(page)
    assert page.content().count(secret) == 1


def test_the_tabs_follow_the_arrow_keys(page):
    page.goto(f"{page.url}credentials/")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_text([".env", "JSON", "curl", "Authorize URL", "Postman"])
    tabs.first.focus()
    moves = {"ArrowRight": "JSON", "End": "Postman", "Home": ".env", "ArrowLeft": "Postman"}
    for key, reached in moves.items():
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=reached)).to_be_focused()
        expect(page.get_by_role("tabpanel")).to_have_count(1)
        expect(page.get_by_role("tabpanel", name=reached)).to_be_visible()


def test_the_authorize_url_has_a_challenge_of_the_verifier_and_the_chosen_uri(page):
    page.goto(f"{page.url}credentials/")
    page.get_by_role("tab", name="Authorize URL").click()
    page.get_by_label("Redirect URI").select_option(URIS[1])
    query = parse_qs(urlsplit(copied(page, "authorize url")).query)
    verifier = copied(page, "code verifier")
    digest = hashlib.sha256(verifier.encode()).digest()
    assert query["code_challenge"] == [base64.urlsafe_b64encode(digest).rstrip(b"=").decode()]
    assert query["redirect_uri"] == [URIS[1]]
    steps.press(page, "Make new values")
    expect(page.locator("#code-verifier")).not_to_have_text(verifier)
    page.get_by_role("tab", name="curl").click()
    assert page.locator("#code-verifier").text_content() in copied(page, "curl command")


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (390, True), (390, False)])
def test_every_tab_is_open_to_everybody(window, partner, reviewer, width, javascript):
    registration = approved(partner, reviewer, redirect_uris=URIS)
    page = window(partner, width=width, javascript=javascript)
    page.goto(f"/registrations/{registration.uuid}/credentials/")
    expect(page.get_by_role("tab")).to_have_count(5 if javascript else 0)
    if not javascript:
        expect(page.get_by_role("heading", name="Postman")).to_be_visible()
        assert too_wide(page, width) == []
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert violations(page) + too_wide(page, width) == []
