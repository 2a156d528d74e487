"""What somebody typed and no longer wants, after the end of their session."""

from playwright.sync_api import expect

from tests.browser.steps import fill_sign_in, heading, press


def test_what_was_kept_can_be_discarded(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    page.locator("#id_client_name").fill("Typed With Care")
    (session,) = [one["name"] for one in page.context.cookies() if "session" in one["name"]]
    page.context.clear_cookies(name=session)
    page.get_by_role("button", name="Save draft").last.click()
    fill_sign_in(page, partner.email)
    press(page, "Discard what you typed")
    expect(page.get_by_text("What you typed was discarded.")).to_be_visible()
    expect(page.get_by_text("We kept what you typed at")).to_have_count(0)
    heading(page, "New registration")
