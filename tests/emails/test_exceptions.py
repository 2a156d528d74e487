"""Emails about a PKCE exception that is refused or ends."""

import pytest
import time_machine
from django.utils import timezone

from registrations.workflow import drafting, pkce, review
from tests.emails.sending import both_hold, delivered, delivered_after, parts, readers
from tests.support.registrations import change, excepted, in_days, submitted, with_exception

pytestmark = pytest.mark.django_db

SITE = "https://testserver"


def in_words(day):
    return f"{day.day} {day:%B %Y}"


def revoke(registration, by):
    exception = registration.pkce_exceptions.get()
    pkce.revoke(registration.uuid, exception.uuid, by=by, reason="Use a <newer> library.")


def test_a_reminder_names_the_last_day_and_the_two_ways_on(partner, lead):
    registration, last = excepted(partner, lead, days=90), in_days(90)
    with time_machine.travel(in_days(61), tick=False):
        (email,) = delivered("PKCE exception ends on")
    assert email.subject == f"PKCE exception ends on {in_words(last)}: Example Client"
    assert both_hold(email, f"up to and including {in_words(last)}")
    assert both_hold(email, "choose “Supported”")
    assert both_hold(email, "new justification")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/")


def test_a_lapse_is_told_afterwards(partner, lead):
    last = in_days(20)
    excepted(partner, lead, days=20)
    with time_machine.travel(in_days(21), tick=False):
        (email,) = delivered("PKCE is required again: Example Client")
    assert both_hold(email, f"was {in_words(last)}")


def test_a_revocation_carries_the_reason(partner, colleague, lead):
    registration = excepted(colleague, lead)
    revoke(registration, lead)
    emails = delivered("PKCE exception revoked: Example Client")
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    plain, html = parts(emails[0])
    assert "Use a <newer> library." in plain
    assert "Use a &lt;newer&gt; library." in html


def test_nobody_is_reminded_of_what_was_revoked_meanwhile(partner, lead):
    registration = excepted(partner, lead, days=90)
    with time_machine.travel(in_days(61), tick=False):
        assert timezone.now().date() == in_days(0)
        assert delivered_after("PKCE exception ends", lambda: revoke(registration, lead)) == []


def test_a_refusal_is_told_with_its_reason(partner, colleague, lead):
    registration = submitted(colleague, **with_exception())
    pkce.refuse(registration.uuid, by=lead, seen_version=1, note="Use a <newer> library.")
    emails = delivered("PKCE exception refused: Example Client")
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    plain, html = parts(emails[0])
    assert "Use a <newer> library." in plain
    assert "Use a &lt;newer&gt; library." in html
    assert both_hold(emails[0], f"{SITE}/registrations/{registration.uuid}/")


def test_a_change_at_once_does_not_name_the_end_that_was_wished_for_and_answered(partner, lead):
    registration = excepted(partner, lead, pkce_wished_end=in_days(90).isoformat())
    change(registration, partner, **with_exception(contacts=["other@client.example"]))
    drafting.submit(registration.uuid, by=partner)
    email, *_ = delivered("Change in effect")
    assert both_hold(email, "Contacts")
    assert not both_hold(email, "Until when")


def decided(registration, by, until=None, corrects=None, note="Use a newer library."):
    seen = {"by": by, "seen_version": 1, "corrects": corrects}
    if until is None:
        return pkce.refuse(registration.uuid, note=note, **seen)
    return pkce.grant(registration.uuid, expires_on=until, **seen, signed_in_at=timezone.now())


@pytest.fixture
def waiting(partner, lead):
    return submitted(partner, **with_exception())


def test_a_refusal_that_was_corrected_before_it_was_told_is_never_told(waiting, lead):
    first = decided(waiting, lead)
    decided(waiting, lead, until=in_days(90), corrects=first.decided_at)
    assert delivered("PKCE exception refused") == []


def test_a_grant_after_a_refusal_is_told_with_its_end(waiting, lead):
    first = decided(waiting, lead)
    assert len(delivered("PKCE exception refused")) == 1
    decided(waiting, lead, until=in_days(90), corrects=first.decided_at)
    (email,) = delivered("PKCE exception granted after all: Example Client")
    assert both_hold(email, f"up to and including {in_words(in_days(90))}")


def test_only_the_last_of_several_corrections_is_told(waiting, lead):
    last = decided(waiting, lead)
    for until in (in_days(90), None, in_days(30), in_days(60)):
        last = decided(waiting, lead, until=until, corrects=last.decided_at)
    assert delivered("PKCE exception refused") == []
    (email,) = delivered("PKCE exception granted after all")
    assert both_hold(email, in_words(in_days(60)))


def test_a_refusal_that_corrects_says_so_and_why(waiting, lead):
    first = decided(waiting, lead, until=in_days(90))
    decided(waiting, lead, corrects=first.decided_at)
    (email,) = delivered("PKCE exception refused: Example Client")
    assert both_hold(email, "This corrects an earlier decision.")
    assert both_hold(email, "Use a newer library.")


def test_an_end_that_is_corrected_after_a_grant_alone_is_told_with_the_approval(waiting, lead):
    first = decided(waiting, lead, until=in_days(90))
    decided(waiting, lead, until=in_days(30), corrects=first.decided_at)
    assert delivered("PKCE exception") == []
    review.approve(waiting.uuid, by=lead, seen_version=1, signed_in_at=timezone.now())
    (email,) = delivered("Approved: Example Client")
    assert both_hold(email, f"up to and including {in_words(in_days(30))}")
