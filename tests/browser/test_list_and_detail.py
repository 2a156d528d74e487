"""The list and the page of a client, with long values: nobody is shut out, and nothing moves sideways."""

from tests.browser.looks import too_wide, violations
from tests.browser.scenery import page_of
from tests.support.registrations import a_draft, approved, change


def test_long_values_shut_nobody_out(window, partner, reviewer):
    for _ in range(9):
        a_draft(partner)
    live = change(
        approved(partner, reviewer, client_name="W" * 60),
        partner,
        client_name="V" * 60,
        redirect_uris=["https://" + "a" * 63 + ".client.example/x"],
    )
    found = {}
    page = window(partner, width=390, scheme="dark")
    for address in ("/registrations/", page_of(live)):
        page.goto(address)
        found[address] = violations(page) + too_wide(page, 390)
    page.set_viewport_size({"width": 320, "height": 800})
    for address in ("/registrations/", page_of(live)):
        page.goto(address)
        found[address] += too_wide(page, 320)
    assert not any(found.values()), found
