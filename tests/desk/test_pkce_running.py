"""The review page says which PKCE exception is in force, what it covers, and what the revision adds."""

import pytest
from django.urls import reverse

from registrations.workflow import drafting
from tests.pages.elements import elements
from tests.support.people import sign_in
from tests.support.registrations import approved, change, excepted, in_days, with_exception

pytestmark = pytest.mark.django_db
CALLBACK, OTHER = "https://client.example/callback", "https://client.example/other"
MORE = {"redirect_uris": [CALLBACK, OTHER], "scope": ["test:test", "tags:read", "users:read", "users:write"]}


@pytest.fixture
def page_of(client, reviewer):
    sign_in(client, reviewer)
    address = "admin:registrations_registration_review"
    return lambda registration: client.get(reverse(address, args=[registration.uuid])).text


def running(page):
    """The words of the panel, and the values that it marks as added."""
    panels = [one for one in elements(page) if one.get("id") == "pkce-running"]
    added = [one.get("data-uncovered") for one in elements(page) if one.get("data-uncovered")]
    return (" ".join(panels[0].words().split()) if panels else ""), added


def hand_in(registration, partner, **changes):
    change(registration, partner, **changes)
    drafting.submit(registration.uuid, by=partner)


def test_without_one_the_page_says_nothing(page_of, partner, lead):
    assert running(page_of(approved(partner, lead))) == ("", [])


def test_it_says_until_when_by_whom_and_what_it_covers(page_of, partner, lead):
    registration = excepted(partner, lead)
    words, added = running(page_of(registration))
    assert f"until {in_days(90).day} {in_days(90):%B %Y}" in words
    assert f"Granted by {lead.get_full_name()} with revision 1" in words
    assert all(value in words for value in (CALLBACK, "test:test", "users:read", "users:write"))
    assert added == []


@pytest.mark.parametrize(
    ("changes", "words", "added"),
    [
        (with_exception(client_name="New Name"), "It covers everything in this revision", []),
        (with_exception(**MORE, pkce_renewal=True), "requests a renewal", [OTHER, "tags:read"]),
        (
            {"pkce_support": "supported", **MORE},
            "It ends when this revision is approved",
            [OTHER, "tags:read"],
        ),
    ],
)
def test_beside_a_revision_under_review_it_marks_what_that_adds(
    page_of, partner, lead, changes, words, added
):
    registration = excepted(partner, lead)
    hand_in(registration, partner, **changes)
    said, marked = running(page_of(registration))
    assert words in said
    assert marked == added
