"""The way from the first visit to a revealed secret without a mouse."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from registrations.client_secrets import verifier_of
from registrations.models import ClientSecret, Registration
from registrations.workflow import review
from tests.browser import keys, steps
from tests.support.people import PASSWORD

EMAIL = "newcomer@client.example"
CALLBACK = "https://client.example/callback"
REASON = "We keep the chart of accounts of our customers up to date."


def test_the_first_stop_skips_to_the_content(window, partner):
    page = window(partner)
    page.goto("/registrations/new/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_keys_lead_from_sign_up_to_a_revealed_secret(
    window, send_emails, mailoutbox, reviewer, width, scheme
):
    page = window(width=width, scheme=scheme)
    sign_up(page, send_emails, mailoutbox)
    keys.follow(page, "Register a client")
    answer_the_questions(page)
    mend_what_is_refused(page)
    submit(page)
    registration = Registration.objects.get()
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    keys.follow(page, "Go to the client")
    secret = reveal(page)
    assert verifier_of(secret) == ClientSecret.objects.get().verifier
    use_the_page_of_the_secret(page, secret)


def sign_up(page, send_emails, mailoutbox):
    page.goto("/")
    keys.tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    keys.follow(page, "Create an account")
    keys.write(page, "Email", EMAIL)
    keys.write(page, "Password", PASSWORD)
    keys.tab_to(page, "Show password")
    page.keyboard.press("Space")
    expect(page.get_by_role("textbox", name="Password")).to_have_value(PASSWORD)
    keys.press(page, "Create account")
    steps.heading(page, "Check your email")
    send_emails()
    page.goto(steps.link_in(mailoutbox[0]))
    keys.write(page, "Your name", "Nora Newcomer")
    keys.write(page, "Name of your organisation", "Client Ltd")
    keys.press(page, "Confirm and continue")
    steps.heading(page, "Registrations")


def answer_the_questions(page):
    keys.write(page, "Client name", "Example Clien")
    keys.write(page, "Client URI", steps.EXAMPLE["client_uri"])
    keys.tab_to(page, "Client name", key="Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.type("t")
    keys.write(page, "Terms of service", steps.EXAMPLE["tos_uri"])
    keys.write(page, "Privacy policy", steps.EXAMPLE["policy_uri"])
    keys.write(page, "Contacts, line 1", steps.EXAMPLE["contacts"])
    choose_the_environment(page)
    write_redirect_uris(page)
    keys.tick(page, "Change the chart of accounts. accounts:write Sensitive")
    keys.write(page, "Why you need accounts:write", REASON)
    keys.tick(page, "Try out the connection. For testing only. test:test")
    choose_how_pkce_is_supported(page)
    keys.tick(page, "Our client keeps its secret on our own server, and end users cannot get access to it")


def choose_the_environment(page):
    keys.tab_to(page, "Staging For development and testing.", "radio")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Production")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Staging")).to_be_checked()


def write_redirect_uris(page):
    """A wrong one, and two more of which one goes again."""
    keys.write(page, "Redirect URIs, line 1", "https://*.client.example/callback")
    page.keyboard.press("Enter")
    page.keyboard.type("https://client.example/other")
    keys.tab_to(page, "Add another redirect URI")
    page.keyboard.press("Space")
    expect(page.get_by_role("textbox", name="Redirect URIs, line 3")).to_be_focused()
    for number in (3, 2):
        keys.tab_to(page, f"Remove redirect URI {number}")
        page.keyboard.press("Space")
        expect(page.get_by_role("textbox", name=f"Redirect URIs, line {number - 1}")).to_be_focused()


def choose_how_pkce_is_supported(page):
    """An exception and what it asks for come and go with the arrow keys."""
    justification = page.locator("#id_pkce_justification")
    keys.tick(page, "Supported Your client sends a code challenge with every request.", "radio")
    page.keyboard.press("ArrowDown")
    expect(justification).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(justification).to_be_hidden()


def mend_what_is_refused(page):
    keys.press(page, "Check and submit")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    expect(summary.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Redirect URIs, line 1")).to_be_focused()
    keys.write_anew(page, CALLBACK)
    keys.press(page, "Check and submit")
    steps.heading(page, "Check your answers")


def submit(page):
    keys.press(page, "Submit for review")
    steps.heading(page, "Submitted for review")
    revision = Registration.objects.get().revisions.get()
    assert revision.client_name == "Example Client"
    assert [row.uri for row in revision.redirect_uris.all()] == [CALLBACK]


def reveal(page):
    """The password is asked for, since the link of an email has signed in."""
    keys.follow(page, "Credentials")
    keys.press(page, "Reveal the secret")
    steps.heading(page, "Enter your password again")
    keys.write(page, "Password", PASSWORD)
    keys.send(page)
    keys.press(page, "Reveal the secret")
    steps.heading(page, "Your client secret")
    return page.locator("[data-secret]").inner_text()


def use_the_page_of_the_secret(page, secret):
    keys.tab_to(page, "Copy the client secret")
    page.keyboard.press("Enter")
    expect(page.locator("[data-copy-answer]")).to_have_text("Client secret copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    tabs = page.get_by_role("tab")
    keys.tab_to(page, tabs.first.inner_text(), "tab")
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    keys.follow(page, "I have stored it")
    steps.heading(page, "Credentials")
