"""Emails about a client that is stopped, goes on again, or ends."""

import pytest
from django.utils import timezone

from registrations.workflow import client
from tests.emails.sending import both_hold, delivered, only, parts, readers
from tests.support import people
from tests.support.registrations import a_draft, approved, submitted

pytestmark = pytest.mark.django_db

SITE = "https://testserver"


def test_suspension_carries_the_reason_and_leads_to_the_registration(partner, reviewer):
    registration = approved(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="Its terms are gone.")
    email = only("Suspended: Example Client")
    assert both_hold(email, "Its terms are gone.")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/")


def test_each_suspension_is_told_with_its_own_reason(partner, reviewer):
    registration = approved(partner, reviewer)
    for reason in ("First.", "Second."):
        client.suspend(registration.uuid, by=reviewer, reason=reason)
        client.reinstate(registration.uuid, by=reviewer, note=f"After: {reason}", signed_in_at=timezone.now())
    first, second = delivered("Suspended")
    assert both_hold(first, "First.")
    assert both_hold(second, "Second.")


def test_reinstatement_carries_the_note_if_there_is_one(partner, reviewer):
    registration = approved(partner, reviewer)
    for note in ("", "Thank you for the new terms."):
        client.suspend(registration.uuid, by=reviewer, reason="Its terms are gone.")
        client.reinstate(registration.uuid, by=reviewer, note=note, signed_in_at=timezone.now())
    plain, noted = delivered("Reinstated: Example Client")
    assert not both_hold(plain, "Note from Pleo")
    assert both_hold(noted, "Thank you for the new terms.")


def test_closing_says_who_ended_it(partner, reviewer):
    own, ended = submitted(partner, client_name="Own"), submitted(partner, client_name="Ended")
    client.close(own.uuid, by=partner)
    client.close_as_staff(ended.uuid, by=reviewer, reason="<b>Never</b> used.", signed_in_at=timezone.now())
    by_partner, by_staff = only("Closed: Own"), only("Closed: Ended")
    assert both_hold(by_partner, "Somebody at Client Ltd closed")
    assert "Pleo closed" in by_staff.body
    plain, html = parts(by_staff)
    assert "<b>Never</b> used." in plain
    assert "&lt;b&gt;Never&lt;/b&gt; used." in html


def test_a_draft_that_nobody_named_is_closed_in_words(partner):
    client.close(a_draft(partner).uuid, by=partner)
    assert only("Closed: Client without a name")


def test_submitter_and_admins_hear_of_it(partner, colleague, reviewer):
    people.viewer(people.home(partner))
    registration = approved(colleague, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="Its terms are gone.")
    assert readers(delivered("Suspended")) == ["colleague@client.example", "partner@client.example"]
