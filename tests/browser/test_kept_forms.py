"""What somebody typed survives the end of their session, in a real browser."""

import pytest
from playwright.sync_api import expect

from registrations.models import Registration
from tests.browser.steps import fill_sign_in, heading, press

NAME = "Typed With Care"
ADDRESSES = "https://client.example/callback\nhttp://localhost:8080/callback"


def fill_in(page):
    page.goto("/registrations/new/")
    page.locator("#id_client_name").fill(NAME)
    page.locator("#id_tos_uri").fill("https://client.example/terms and more")
    page.locator("#id_confidential").check()
    page.locator("[name=scope][value='users:read']").check()


def holds_what_was_typed(page):
    expect(page.locator("#id_client_name")).to_have_value(NAME)
    expect(page.locator("#id_tos_uri")).to_have_value("https://client.example/terms and more")
    expect(page.locator("#id_confidential")).to_be_checked()
    expect(page.locator("[name=scope][value='users:read']")).to_be_checked()


def cookie(page, part):
    (found,) = [one for one in page.context.cookies() if part in one["name"]]
    return found


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_after_the_end_of_the_session_comes_back_after_sign_in(window, partner, javascript):
    page = window(partner, javascript=javascript)
    fill_in(page)
    if not javascript:
        page.locator("#id_redirect_uris").fill(ADDRESSES)
    page.context.clear_cookies(name=cookie(page, "session")["name"])
    page.get_by_role("button", name="Save draft").last.click()
    heading(page, "Sign in")
    fill_sign_in(page, partner.email)
    heading(page, "New registration")
    expect(page.get_by_text("We kept what you typed at")).to_be_visible()
    assert not Registration.objects.exists()
    page.get_by_role("link", name="Go on with what you typed").click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    holds_what_was_typed(page)
    if not javascript:
        expect(page.locator("#id_redirect_uris")).to_have_value(ADDRESSES)
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    holds_what_was_typed(page)
    expect(page.get_by_text("We kept what you typed at")).to_have_count(0)


def test_a_form_with_the_token_of_an_earlier_session_is_shown_again(window, partner):
    page = window(partner)
    fill_in(page)
    token = cookie(page, "csrf")
    page.context.add_cookies([token | {"value": token["value"][::-1]}])
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    holds_what_was_typed(page)
    assert not Registration.objects.exists()
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    assert Registration.objects.get().draft.data["client_name"] == NAME


def test_what_was_kept_can_be_discarded(window, partner):
    page = window(partner)
    fill_in(page)
    page.context.clear_cookies(name=cookie(page, "session")["name"])
    page.get_by_role("button", name="Save draft").last.click()
    fill_sign_in(page, partner.email)
    press(page, "Discard what you typed")
    expect(page.get_by_text("What you typed was discarded.")).to_be_visible()
    expect(page.get_by_text("We kept what you typed at")).to_have_count(0)
    heading(page, "New registration")
