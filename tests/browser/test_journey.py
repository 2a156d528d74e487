"""From an empty form to the secret, as the people of it see it."""

import re

import pytest
from playwright.sync_api import expect

from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret, Registration
from tests.browser import steps
from tests.support.invariants import check_invariants
from tests.support.people import PASSWORD
from tests.support.second_factor import app_of, code_of

EMAIL = "newcomer@client.example"
NOTE = "Welcome. Please switch the test scope off before production."
WAYS = [
    pytest.param(1280, True, id="desktop"),
    pytest.param(390, True, id="phone"),
    pytest.param(390, False, id="phone-without-javascript"),
]


@pytest.mark.parametrize(("width", "javascript"), WAYS)
def test_a_newcomer_gets_from_sign_up_to_a_revealed_secret(
    window, send_emails, mailoutbox, reviewer, width, javascript
):
    page = window(width=width, javascript=javascript)
    get_in(page, send_emails, mailoutbox, javascript)
    make_a_mistake_and_mend_it(page, javascript)
    steps.submit(page)
    approve(window(width=width, javascript=javascript), reviewer)
    send_emails()
    assert "Approved: Example Client" in [email.subject for email in mailoutbox if email.to == [EMAIL]]
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(NOTE)
    type_the_password_again(page)
    secret = steps.reveal(page)
    assert verifier_of(secret) == ClientSecret.objects.get().verifier
    copy(page, secret, javascript)
    leave_for_good(page, secret)
    check_invariants()


def get_in(page, send_emails, mailoutbox, javascript):
    page.goto("/accounts/signup/")
    look_at_the_password(page, javascript)
    steps.sign_up(page, EMAIL)
    send_emails()
    (email,) = mailoutbox
    steps.confirm(page, email, "Nora Newcomer", "Client Ltd")
    steps.heading(page, "Registrations")


def look_at_the_password(page, javascript):
    """Where no script runs there is no button, and the password stays hidden."""
    field = page.locator("#id_password1")
    expect(field).to_have_attribute("type", "password")
    if not javascript:
        expect(page.get_by_role("button", name="Show password")).to_have_count(0)
        return
    steps.press(page, "Show password")
    expect(field).to_have_attribute("type", "text")
    steps.press(page, "Hide password")
    expect(field).to_have_attribute("type", "password")


def make_a_mistake_and_mend_it(page, javascript):
    page.get_by_role("link", name="Register a client").click()
    steps.fill_form(page, redirect_uris="https://*.client.example/callback")
    summary = page.locator("[data-error-summary]")
    expect(summary.get_by_role("link")).to_have_count(1)
    expect(summary.get_by_role("link")).to_contain_text("Redirect URIs, line 1")
    expect(page.locator("[data-field=redirect_uris][data-severity=reject]")).to_be_visible()
    expect(page).to_have_title(re.compile("^Error: "))
    if javascript:
        expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    wrong = page.locator("#id_redirect_uris")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    if javascript:
        expect(wrong).to_be_focused()
    wrong.fill(steps.EXAMPLE["redirect_uris"])
    steps.press(page, "Check and submit")


def approve(desk, reviewer):
    app_of(reviewer)
    desk.goto("/admin/login/")
    steps.fill_sign_in(desk, reviewer.email)
    desk.get_by_label("Code").fill(code_of())
    steps.press(desk, "Sign in with the code")
    desk.get_by_role("link", name="Example Client").click()
    expect(desk.get_by_role("heading", name="Decide on revision 1")).to_be_visible()
    desk.get_by_role("radio", name="Approve").check()
    desk.get_by_label("Note to the partner").fill(NOTE)
    steps.press(desk, "Send the decision")
    expect(desk.get_by_text("Example Client is approved.")).to_be_visible()


def type_the_password_again(page):
    """A confirmation signs in with a password that was typed earlier, so the first secret asks for it."""
    steps.heading(page, "Example Client")
    registration = page.url
    page.get_by_role("main").get_by_role("link", name="Credentials", exact=True).click()
    steps.press(page, "Reveal the secret")
    steps.heading(page, "Enter your password again")
    page.locator("#id_password").fill(PASSWORD)
    steps.send(page, "Continue")
    page.goto(registration)


def copy(page, secret, javascript):
    buttons = page.get_by_role("button", name="Copy the client secret")
    if not javascript:
        expect(buttons).to_have_count(0)
        return
    buttons.click()
    expect(page.locator("[data-copy-answer]")).to_have_text("Client secret copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret


def leave_for_good(page, secret):
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert secret not in page.content()
    page.goto(f"/registrations/{Registration.objects.get().uuid}/credentials/")
    expect(page.get_by_role("table").locator(".status-active")).to_have_text("In use")
    assert secret not in page.content()
