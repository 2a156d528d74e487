"""The longest names and addresses that the rules let through, on the pages of the desk."""

import pytest

from portal.accounts.models import Organisation
from registrations.workflow import client, organisation_notes
from tests.browser.looks import save_picture, too_wide
from tests.browser.scenery import review_of
from tests.desk.pages import QUEUE
from tests.support.people import home
from tests.support.registrations import approved, excepted, submitted, with_exception

NAME = "W" * 80
ADDRESS = f"https://client.example/{'callback' * 25}"


@pytest.mark.parametrize("width", [1280, 390])
def test_long_names_and_addresses_stay_inside_the_window(window, partner, lead, width):
    Organisation.objects.update(name="O" * 80)
    lasting = excepted(partner, lead, client_name=NAME)
    waiting = submitted(partner, redirect_uris=[ADDRESS], **with_exception(client_name=NAME))
    client.suspend(approved(partner, lead, client_name=NAME).uuid, by=lead, reason="R" * 300)
    organisation_notes.write(home(partner).uuid, by=lead, text="N" * 300)
    page, found = window(lead, width=width), {}
    for place in (
        QUEUE,
        f"{QUEUE}?state=all",
        f"{QUEUE}overview/",
        f"{QUEUE}exceptions/",
        f"{QUEUE}exceptions/?show=running",
        review_of(waiting),
        f"{QUEUE}{lasting.uuid}/exception/",
        f"{QUEUE}{lasting.uuid}/client/",
        f"{QUEUE}organisations/{home(partner).uuid}/",
        "/admin/audit/event/",
    ):
        page.goto(place)
        found[place] = too_wide(page, width) + cut_off(page)
        save_picture(page, f"long-{width}-{len(found)}.png", full_page=True)
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize("show", ["requested", "running"])
def test_the_exceptions_stand_under_each_other_in_a_narrow_window(window, partner, lead, show):
    excepted(partner, lead, client_name="Payroll Bridge")
    submitted(partner, **with_exception(client_name="Hotel Desk"))
    page = window(lead, width=390)
    page.goto(f"{QUEUE}exceptions/?show={show}")
    assert too_wide(page, 390) + cut_off(page) == []
    for cell in page.locator("#result_list tbody tr > *").all():
        assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= 390


def cut_off(page):
    """Places that hide a part of what they hold until somebody scrolls there; a cell of the queue says the
    whole of it in its title."""
    return page.evaluate(
        """() => [...document.querySelectorAll("#content-main, #content-main *, .desk-panel *")]
            .filter((one) => getComputedStyle(one).overflowX !== "visible" && one.tagName !== "TEXTAREA")
            .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
            .filter((one) => !one.querySelector("[title]") || !one.matches("#result_list :is(td, th)"))
            .map((one) => `${one.tagName}.${one.className} hides a part`)"""
    )
