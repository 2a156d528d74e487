"""Taking addresses and scopes away, in either width and without scripts; and what the desk sees."""

import pytest

from registrations.workflow import drafting
from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import page_of, review_of
from tests.support.registrations import approved, change

LABEL = "a-label-of-sixty-three-characters-as-long-as-dns-allows-it-tobe"
URIS = [f"https://{LABEL}.{LABEL}.client.example/callback/{number}" for number in range(20)]


@pytest.fixture
def changing(partner, lead):
    """A live client with much to take away, and a change under review that asks for all of it again."""
    registration = approved(partner, lead, client_name="Harbour Invoices", redirect_uris=URIS)
    change(registration, partner, client_name="Harbour Ledger", redirect_uris=URIS)
    drafting.submit(registration.uuid, by=partner)
    return registration


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("javascript", [True, False])
def test_it_is_taken_away_and_the_desk_is_told(window, partner, lead, changing, width, javascript):
    page = window(partner, width=width, javascript=javascript)
    page.goto(page_of(changing))
    page.get_by_role("link", name="Take away redirect URIs or scopes").click()
    found = {"empty": too_wide(page, width) + violations(page)} if javascript else {}
    save_picture(page, f"restrict-{width}.png", full_page=True)
    for box in page.locator("input[name=redirect_uris]").all():
        box.check()
    page.get_by_role("button", name="Take away now").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    save_picture(page, f"restrict-errors-{width}.png", full_page=True)
    if javascript:
        found["errors"] = too_wide(page, width) + violations(page)
    assert page.locator("input[name=redirect_uris]:checked").count() == 20
    page.locator("input[name=redirect_uris]").first.uncheck()
    page.get_by_label("users:write").check()
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Take away now").click()
    page.get_by_text("Taken away. The client works without it from now on.").wait_for()
    save_picture(page, f"restrict-done-{width}.png", full_page=True)
    assert changing.revisions.live().get().uris() == (URIS[0],)
    desk = window(lead, width=width)
    desk.goto(review_of(changing))
    assert desk.locator("[data-doubt=taken-away] code").count() == 20
    save_picture(desk, f"restrict-review-{width}.png", full_page=True)
    if javascript:
        found["review"] = too_wide(desk, width) + violations(desk)
    assert {name: said for name, said in found.items() if said} == {}
