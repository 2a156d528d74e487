"""What the emails about a client secret say, and to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from registrations.workflow import secrets
from tests.emails.sending import both_hold, delivered, only, readers
from tests.support.registrations import approved, reveal, revealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(partner, reviewer):
    """A live client, whose emails so far are sent."""
    registration, _ = revealed(partner, reviewer)
    delivered("")
    mail.outbox.clear()
    return registration


def rotate(registration, by, grace="24h"):
    return secrets.rotate(registration.uuid, by=by, grace=grace, signed_in_at=timezone.now())


def at(moment):
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def test_a_rotation_names_the_person_the_deadline_and_how_long_the_old_one_works(live, colleague):
    new = rotate(live, colleague, "7d")
    emails = delivered("New client secret: Example Client")
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    for words in (colleague.get_full_name(), at(new.reveal_until), "7 days after the new one is revealed"):
        assert both_hold(emails[0], words)


def test_a_rotation_now_says_that_old_secrets_stopped(live, partner):
    rotate(live, partner, "now")
    email = only("New client secret")
    assert both_hold(email, "have stopped working")
    assert not both_hold(email, "works on")


def test_the_reveal_of_a_new_secret_names_the_end_of_the_old_one(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    old = live.secrets.get(status="retiring")
    email = only("Secret revealed")
    assert both_hold(email, at(old.expires_at))
    assert both_hold(email, old.hint)


def test_a_revocation_names_the_person_and_the_reason(live, colleague):
    secret = live.secrets.get()
    secrets.revoke(live.uuid, secret.uuid, by=colleague, reason="We moved <b>.", confirmed="Example Client")
    emails = delivered("Secret revoked: Example Client")
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    for words in (f"{colleague.get_full_name()} revoked", secret.hint, "No secret of the client works now"):
        assert both_hold(emails[0], words)
    assert "We moved <b>." in emails[0].body
    assert not both_hold(emails[0], "leaked")


def test_a_revocation_by_staff_names_pleo_alone(live, reviewer):
    secrets.revoke_at_desk(
        live.uuid, live.secrets.get().uuid, by=reviewer, reason="It is in a public repository.", leaked=True
    )
    email = only("Secret revoked")
    for words in ("Pleo revoked", "It is in a public repository.", "reported as leaked"):
        assert both_hold(email, words)
    assert not both_hold(email, reviewer.get_full_name())
    assert not both_hold(email, reviewer.email)


def test_a_leak_says_that_a_new_secret_waits(live, partner):
    secrets.replace_leaked(live.uuid, live.secrets.get().uuid, by=partner)
    email = only("Secret revoked")
    assert both_hold(email, "reported as leaked")
    assert both_hold(email, "A new secret waits to be revealed.")


def test_before_and_at_the_end_of_a_grace_there_is_an_email(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    old = live.secrets.get(status="retiring")
    with time_machine.travel(old.expires_at - timedelta(hours=4), tick=False):
        assert both_hold(only("Old secret stops working soon: Example Client"), at(old.expires_at))
    with time_machine.travel(old.expires_at, tick=False):
        email = only("Old secret stopped working: Example Client")
    assert both_hold(email, old.hint)
    assert both_hold(email, "The new secret works.")


def test_nobody_is_reminded_of_a_secret_that_was_revoked_meanwhile(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    old = live.secrets.get(status="retiring")
    with time_machine.travel(old.expires_at - timedelta(hours=4)):
        secrets.remind_due()
        secrets.revoke(live.uuid, old.uuid, by=partner)
        assert delivered("Old secret stops") == []


def test_a_lapse_says_that_the_old_secret_works_on(live, partner):
    new = rotate(live, partner)
    with time_machine.travel(new.reveal_until):
        assert both_hold(only("Secret not revealed in time"), "The old secret works on.")


def test_a_lapse_of_the_only_secret_says_nothing_of_an_old_one(partner, reviewer):
    secret = approved(partner, reviewer).secrets.get()
    with time_machine.travel(secret.reveal_until):
        assert not both_hold(only("Secret not revealed in time"), "old secret")
