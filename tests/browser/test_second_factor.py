"""The first day of staff, with an app and with a passkey: set-up, the wanted page, the next sign-in."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from portal.audit.models import Event
from tests.browser import steps
from tests.support.second_factor import code_of

WANTED = "/admin/registrations/registration/"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page):
    """The page's browser has somewhere to keep passkeys, whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]


def type_password(page, person, wanted=WANTED):
    page.goto(wanted)
    steps.fill_sign_in(page, person.email)


def expect_codes_and_go_on(page):
    steps.heading(page, "Recovery codes")
    expect(page.locator("main code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them: go on").click()
    page.wait_for_url(f"**{WANTED}*")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_first_day_with_an_app(window, reviewer, javascript):
    page = window(javascript=javascript)
    type_password(page, reviewer)
    steps.heading(page, "Second factor")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code from the app").fill(code_of(secret))
    steps.press(page, "Finish")
    expect_codes_and_go_on(page)
    page.context.clear_cookies()
    type_password(page, reviewer)
    page.get_by_label("Code").fill(code_of(secret, step=1))
    steps.press(page, "Sign in with the code")
    page.wait_for_url(f"**{WANTED}*")


def test_the_first_day_with_a_passkey(window, reviewer):
    page = window()
    session, authenticator = with_authenticator(page)
    type_password(page, reviewer)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Work laptop")
    steps.press(page, "Add the passkey")
    expect_codes_and_go_on(page)
    assert Authenticator.objects.get(type="webauthn").data["name"] == "Work laptop"
    assert Event.objects.get(verb="factor_added").detail == {"kind": "webauthn"}
    page.context.clear_cookies()
    page.goto(WANTED)
    steps.press(page, "Sign in with a passkey")
    page.wait_for_url(f"**{WANTED}*")
    page.context.clear_cookies()
    type_password(page, reviewer)
    steps.press(page, "Use a passkey")
    page.wait_for_url(f"**{WANTED}*")
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
