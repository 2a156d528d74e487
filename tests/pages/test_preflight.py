"""What a pre-flight check warns of, as the partner is told."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from registrations.models import Preflight
from registrations.workflow import drafting, review
from tests.pages.addresses import at
from tests.pages.elements import with_attribute
from tests.support.registrations import approved, change, submitted
from tests.support.statements import statements

AT = datetime(2026, 11, 23, 22, 14, tzinfo=UTC)
TERMS = ("tos_uri", "https://client.example/legal/tos.html")
NOT_OPENED = (
    "Terms of service: https://client.example/legal/tos.html could not be opened from the internet "
    "on 23 November 2026, 22:14 UTC."
)


def found(registration, verdict, field=TERMS[0], uri=TERMS[1]):
    revision = registration.revisions.first()
    Preflight.objects.create(revision=revision, field=field, uri=uri, verdict=verdict, checked_at=AT)


def panel_text(page):
    """The panel's text; nothing where there is none."""
    return " ".join(
        panel.words() for panel in with_attribute(page.text, "aria-labelledby", "preflight-title")
    )


def test_an_address_that_does_not_answer_is_told(login, partner):
    registration = submitted(partner)
    found(registration, "silent")
    page = panel_text(login(partner).get(at(registration)))
    assert NOT_OPENED in page
    assert "This does not hold up the review." in page


def test_what_our_name_servers_know_is_not_told(login, partner):
    """A name that leads inside reads like one that does not answer."""
    registration = submitted(partner)
    found(registration, "not_public")
    page = login(partner).get(at(registration))
    assert NOT_OPENED in panel_text(page)
    assert "not public" not in page.text


def test_a_fault_is_told(login, partner):
    registration = submitted(partner)
    found(registration, "fault", "redirect_uris", "https://client.example/callback")
    assert (
        "Redirect URIs: https://client.example/callback answered with an error, a redirect or a certificate "
        "that browsers refuse on 23 November 2026, 22:14 UTC."
    ) in panel_text(login(partner).get(at(registration)))


def test_where_all_is_well_nothing_is_told(login, partner):
    registration = submitted(partner)
    found(registration, "answers")
    Preflight.objects.create(
        revision=registration.revisions.get(), field="client_uri", uri="https://a.example/"
    )
    assert not panel_text(login(partner).get(at(registration)))


def test_a_stranger_reads_nothing(login, partner, stranger):
    registration = submitted(partner)
    found(registration, "silent")
    answer = login(stranger).get(at(registration))
    assert answer.status_code == 404
    assert "legal/tos.html" not in answer.text


@pytest.mark.parametrize("verb", [review.request_changes, review.reject])
def test_it_stays_while_something_can_be_done(login, partner, reviewer, verb):
    registration = submitted(partner)
    found(registration, "silent")
    verb(registration.uuid, by=reviewer, seen_version=1, note="Please.")
    assert NOT_OPENED in panel_text(login(partner).get(at(registration)))


def test_it_goes_with_the_approval(login, partner, reviewer):
    registration = submitted(partner)
    found(registration, "silent")
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert not panel_text(login(partner).get(at(registration)))


def test_it_goes_with_the_next_submission(login, partner):
    registration = submitted(partner)
    found(registration, "silent")
    drafting.withdraw(registration.uuid, by=partner)
    drafting.submit(registration.uuid, by=partner)
    assert not panel_text(login(partner).get(at(registration)))


def test_of_a_live_client_it_is_about_the_change(login, partner, reviewer):
    registration = change(approved(partner, reviewer), partner, client_name="Changed Client")
    drafting.submit(registration.uuid, by=partner)
    found(registration, "silent")
    assert NOT_OPENED in panel_text(login(partner).get(at(registration)))


def test_the_page_pays_one_statement(login, partner):
    registration = submitted(partner)
    browser = login(partner)
    with statements() as without:
        browser.get(at(registration))
    found(registration, "silent")
    found(registration, "fault", "redirect_uris", "https://client.example/callback")
    with statements() as made:
        browser.get(at(registration))
    assert len(made) == len(without)
    assert len([sql for sql in made if "registrations_preflight" in sql]) == 1
