"""The pictures of docs/screenshots: `make screenshots` takes them anew."""

import pytest

from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import Scenery, desk_pages, partner_pages

PICTURES = {
    "form": "registration-form",
    "check-answers": "check-answers",
    "credentials": "credentials",
    "queue": "queue",
    "review": "review-desk",
}


@pytest.mark.parametrize(("width", "ending"), [(1280, ""), (390, "-phone")], ids=["desktop", "phone"])
def test_screenshots_show_pages_without_faults(window, width, ending):
    scenery = Scenery()
    rooms = [(scenery.partner, partner_pages(scenery)), (scenery.lead, desk_pages(scenery))]
    for person, addresses in rooms:
        page = window(person, width=width)
        for name in addresses.keys() & PICTURES.keys():
            page.goto(addresses[name])
            assert violations(page) + too_wide(page, width) == []
            save_picture(page, f"{PICTURES[name]}{ending}.png")
