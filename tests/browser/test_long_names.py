"""Names without a blank: no page is wider than its window, and no word is cut off."""

import pytest

from tests.browser.looks import too_wide
from tests.browser.scenery import page_of
from tests.support.registrations import a_draft, approved, change

GERMAN = "Rechnungsverarbeitungssoftware24"
WIDEST = "W" * 80
PAGES = ("", "edit/", "check/", "credentials/", "restrict/", "close/")


@pytest.mark.parametrize("name", [GERMAN, WIDEST])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_name_stays_in_the_window(window, partner, reviewer, name, width):
    draft = a_draft(partner, client_name=name)
    live = change(approved(partner, reviewer, client_name=name), partner, client_name=f"{name[:-1]}X")
    page = window(partner, width=width)
    addresses = ["/registrations/", page_of(draft), page_of(draft, "check/")]
    found = {}
    for address in addresses + [page_of(live, rest) for rest in PAGES]:
        page.goto(address)
        found[address.removeprefix(page_of(live)) or "live"] = too_wide(page, width)
    assert {address: said for address, said in found.items() if said} == {}
