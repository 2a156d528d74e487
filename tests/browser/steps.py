"""What people do in the portal, as one reads it off the screen."""

import re

from playwright.sync_api import expect

from tests.support.people import PASSWORD

EXAMPLE = {
    "client_name": "Example Client",
    "client_uri": "https://client.example/",
    "tos_uri": "https://client.example/legal/tos.html",
    "policy_uri": "https://client.example/legal/privacy.pdf",
    "contacts": "name.surname@client.example",
    "redirect_uris": "https://client.example/callback",
}
"""The governing document's own example: the fields with text."""

SCOPES = ("test:test", "users:read", "users:write")


def heading(page, words):
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def press(page, words):
    page.get_by_role("button", name=words, exact=True).click()


def send(page, words):
    """Press the button of a form, and wait until the answer is there as a whole."""
    with page.expect_event("load"):
        press(page, words)


def sign_up(page, email):
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Email", exact=False).fill(email)
    page.locator("[name=password1]").fill(PASSWORD)
    press(page, "Create account")
    heading(page, "Check your email")


def link_in(email):
    return re.search(r"http://localhost:\S+", email.body).group()


def confirm(page, email, name, organisation):
    page.goto(link_in(email))
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Name of your organisation").fill(organisation)
    press(page, "Confirm and continue")


def sign_in(page, email):
    page.goto("/accounts/login/")
    fill_sign_in(page, email)


def fill_sign_in(page, email):
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def fill_form(page, **changes):
    """The first row of a list has the id that its textarea has where no script runs."""
    for name, text in (EXAMPLE | changes).items():
        page.locator(f"#id_{name}").fill(text)
    for scope in SCOPES:
        page.locator(f"[name=scope][value='{scope}']").check()
    page.get_by_role("radio", name="Supported Your client").check()
    page.locator("#id_confidential").check()
    press(page, "Check and submit")


def submit(page):
    heading(page, "Check your answers")
    press(page, "Submit for review")
    expect(page.locator(".page-head")).to_contain_text("Under review")


def reveal(page):
    """From the registration's page to its secret, whose text is answered."""
    page.get_by_role("main").get_by_role("link", name="Credentials", exact=True).click()
    press(page, "Reveal the secret")
    heading(page, "Your client secret")
    return page.locator("[data-secret]").inner_text()
