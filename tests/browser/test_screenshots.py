"""The pictures of docs/screenshots: `make screenshots` takes them anew."""

import os
from datetime import timedelta

import pytest
from django.db.models import F

from registrations.models import Revision
from tests.browser.looks import save_picture, too_wide, violations
from tests.browser.scenery import Scenery, desk_pages, partner_pages
from tests.support.registrations import submitted
from tests.support.scale import FULL

PICTURES = {
    "form": "registration-form",
    "check-answers": "check-answers",
    "credentials": "credentials",
    "queue": "queue",
    "review": "review-desk",
}


def a_working_day():
    """More than one waits in the queue, and not since this minute."""
    scenery = Scenery()
    for name in ("Tide Expenses", "Quay Receipts"):
        submitted(scenery.stranger, client_name=name, client_uri="https://other.example/")
    for hours, revision in enumerate(Revision.objects.order_by("-pk"), start=1):
        earlier = F("submitted_at") - timedelta(hours=7 * hours)
        Revision.objects.filter(pk=revision.pk).update(submitted_at=earlier)
    return scenery


SIZES = [(1280, ""), (390, "-phone")]
EACH = FULL or "PORTAL_SCREENSHOTS" in os.environ


@pytest.mark.parametrize(("width", "ending"), SIZES if EACH else SIZES[:1])
def test_screenshots_show_pages_without_faults(window, width, ending):
    scenery = a_working_day()
    rooms = [(scenery.partner, partner_pages(scenery)), (scenery.lead, desk_pages(scenery))]
    for person, addresses in rooms:
        page = window(person, width=width)
        for name in addresses.keys() & PICTURES.keys():
            page.goto(addresses[name])
            assert violations(page) + too_wide(page, width) == []
            save_picture(page, f"{PICTURES[name]}{ending}.png")
