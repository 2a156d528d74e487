"""Times in the reader's own zone, with UTC beside."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from registrations.models import Draft
from tests.support import people
from tests.support.registrations import a_draft, submitted

EVENING = datetime(2026, 11, 29, 18, 30, tzinfo=UTC)


@pytest.fixture
def draft(partner):
    found = a_draft(partner)
    Draft.objects.update(updated_at=EVENING)
    return found


@pytest.mark.parametrize(
    ("zone", "javascript", "shown"),
    [
        ("Europe/Copenhagen", True, "29 November 2026, 19:30 (18:30 UTC)"),
        ("Asia/Tokyo", True, "30 November 2026, 03:30 (29 November, 18:30 UTC)"),
        ("UTC", True, "29 November 2026, 18:30 UTC"),
        ("Asia/Tokyo", False, "29 November 2026, 18:30 UTC"),
    ],
)
def test_a_time_is_shown_in_the_readers_zone(window, partner, draft, zone, javascript, shown):
    page = window(partner, zone=zone, javascript=javascript)
    page.goto(f"/registrations/{draft.uuid}/discard/confirm/")
    expect(page.locator("main time")).to_have_text(shown)


def test_an_age_on_the_desk_has_the_exact_time_as_its_title(window, partner):
    waiting = submitted(partner)
    page = window(people.reviewer(), zone="Asia/Tokyo")
    page.goto(f"/admin/registrations/registration/{waiting.uuid}/review/")
    expect(page.locator("main time[title$=' UTC)'], #content time[title$=' UTC)']").first).to_be_attached()
