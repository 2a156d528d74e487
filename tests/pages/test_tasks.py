"""The next steps for a live client: whatever waits for the partner is named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models import ClientSecret, PkceException
from registrations.workflow import client, comments, drafting, review
from tests.pages.addresses import at
from tests.pages.elements import elements, with_attribute
from tests.support.commenting import asked
from tests.support.pages import words
from tests.support.registrations import approved, change, excepted, in_days, reveal, revealed, submitted

NOTHING = "You have nothing to do."


@pytest.fixture
def at_rest(partner, reviewer):
    """Live, its secret revealed, no draft."""
    return revealed(partner, reviewer)[0]


def tasks(page):
    """In words, each with its link."""
    return " ".join(each.words() for each in with_attribute(page.text, "data-tasks"))


def links(page):
    return [e.get("href") for e in elements(page.text) if e.tag == "a"]


def test_where_nothing_waits_nobody_has_to_do_anything(login, partner, at_rest):
    page = login(partner).get(at(at_rest))
    assert NOTHING in words(page)
    assert tasks(page) == ""


def test_a_secret_waits_to_be_revealed(login, partner, live):
    page = login(partner).get(at(live))
    assert "Reveal the client secret until " in tasks(page)
    assert NOTHING not in words(page)
    reveal(live, partner)
    assert NOTHING in words(login(partner).get(at(live)))


def test_a_client_without_a_secret_needs_one(login, partner, live):
    now = timezone.now()
    ClientSecret.objects.update(issued_at=now - timedelta(days=8), reveal_until=now - timedelta(days=1))
    assert "The client has no working secret." in tasks(login(partner).get(at(live)))


def test_a_draft_with_changes_is_not_submitted(login, partner, at_rest):
    change(at_rest, partner)
    assert NOTHING in words(login(partner).get(at(at_rest)))
    change(at_rest, partner, client_name="Renamed Client")
    page = login(partner).get(at(at_rest))
    assert tasks(page) == (
        "You have not submitted your draft yet. Check and submit it, or discard it. Check and submit"
    )
    assert at(at_rest, "check/") in links(page)


def test_a_reviewer_still_asks_something(login, partner, reviewer):
    registration = submitted(partner)
    thread = asked(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    reveal(registration, partner)
    page = login(partner).get(at(registration))
    assert "Pleo asks about: Client name." in tasks(page)
    assert "Change this client" in tasks(page)
    assert at(registration, f"edit/#id_answer-{thread.uuid}") in links(page)
    change(registration, partner, answers={str(thread.uuid): "The one for accountants."})
    page = login(partner).get(at(registration))
    assert "Pleo asks" not in tasks(page)
    assert "You have not submitted your draft yet." in tasks(page)


def test_an_exception_has_ended_and_the_record_still_needs_one(login, partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    assert NOTHING in words(login(partner).get(at(registration)))
    PkceException.objects.update(expires_on=in_days(-1))
    assert "PKCE is required" in tasks(login(partner).get(at(registration)))


def test_a_viewer_is_told_who_it_is(login, viewer, live):
    page = login(viewer).get(at(live))
    assert "A developer or an admin of your organisation can do this:" in words(page)
    assert tasks(page).endswith("it is destroyed.")


def test_beside_a_review_the_secret_still_waits(login, partner, live):
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    page = login(partner).get(at(live))
    assert "Pleo decides on it and emails you." in words(page)
    assert "Reveal the client secret" in tasks(page)


def test_of_a_suspended_client_no_secret_can_be_revealed(login, partner, reviewer):
    registration = approved(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="The terms of service have gone.")
    assert tasks(login(partner).get(at(registration))) == (
        "Submit a change that fixes the problem. Pleo then decides whether to reinstate the client. "
        "Change this client"
    )


def test_a_viewer_is_not_asked_to_do_it_beside_a_review(login, partner, viewer, live):
    change(live, partner, client_name="Renamed Client")
    drafting.submit(live.uuid, by=partner)
    page = login(viewer).get(at(live))
    assert "A developer or an admin of your organisation can do this:" in words(page)
    assert "In the meantime:" not in words(page)
    assert "Go to the credentials" not in tasks(page)


def test_a_draft_that_only_leaves_a_lapsed_exception_be_is_no_change(login, partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    PkceException.objects.update(expires_on=in_days(-1))
    change(registration, partner)
    assert "not submitted yet" not in tasks(login(partner).get(at(registration)))


def test_an_answer_to_a_settled_question_is_no_change(login, partner, reviewer):
    registration = submitted(partner)
    thread = asked(registration, reviewer)
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    reveal(registration, partner)
    change(registration, partner, answers={str(thread.uuid): "The one for accountants."})
    comments.resolve(registration.uuid, thread.uuid, by=reviewer)
    assert "not submitted yet" not in tasks(login(partner).get(at(registration)))
