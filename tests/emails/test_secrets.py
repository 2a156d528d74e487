"""What the emails about a client secret say, and to whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from portal.outbox.emails import Recipient
from portal.outbox.models import OutboxMessage
from registrations.emails import EMAILS
from registrations.workflow import client, pkce, secrets
from tests.emails.sending import both_hold, delivered, only, parts, readers
from tests.emails.test_parts import said_in_html, said_in_plain
from tests.support.registrations import approved, excepted, reveal, revealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(partner, reviewer):
    """A live client, whose emails so far are sent."""
    registration, _ = revealed(partner, reviewer)
    delivered("")
    mail.outbox.clear()
    return registration


@pytest.fixture(autouse=True)
def both_parts_say_the_same():
    yield
    for email in mail.outbox:
        plain, html = parts(email)
        assert said_in_plain(plain) == said_in_html(html), email.subject


def rotate(registration, by, grace="24h"):
    return secrets.rotate(registration.uuid, by=by, grace=grace, signed_in_at=timezone.now())


def at(moment):
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def said(email):
    """What the two parts say, without markup and line ends."""
    plain, html = parts(email)
    return [" ".join(plain.split()), " ".join(re.sub("<[^>]*>", "", html).split())]


def say(email, words):
    return all(words in part for part in said(email))


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
    new = live.secrets.get(status="sealed")
    assert say(email, f"{partner.get_full_name()} issued a new secret on {at(new.issued_at)}.")
    assert say(email, f"It waits to be revealed until {at(new.reveal_until)}.")
    assert say(email, "No secret of the client works now until the new one is revealed.")


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


@pytest.fixture
def counting(live, partner):
    """An old secret that counts down, after the current one was revoked."""
    rotate(live, partner)
    reveal(live, partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    delivered("")
    mail.outbox.clear()
    return live.secrets.get(status="retiring")


def test_a_new_secret_beside_an_old_one_says_when_that_ends(live, counting, partner):
    rotate(live, partner)
    email = only("New client secret")
    assert say(email, f"The old secret works until {at(counting.expires_at)} in any case.")
    assert not say(email, "stopped working")


def test_a_new_secret_where_none_worked_says_nothing_of_old_ones(live, partner):
    secrets.revoke(live.uuid, live.secrets.get().uuid, by=partner, confirmed="Example Client")
    rotate(live, partner, "now")
    assert not say(only("New client secret"), "ld secret")


def test_a_lapse_names_the_end_of_a_secret_that_counts_down(live, counting, partner):
    new = rotate(live, partner)
    live.secrets.sealed().update(reveal_until=new.issued_at + timedelta(hours=1))
    with time_machine.travel(new.issued_at + timedelta(hours=1)):
        email = only("Secret not revealed in time")
    assert say(email, f"The old secret works until {at(counting.expires_at)}.")
    assert not say(email, "works on")


def test_a_revocation_names_the_end_of_the_secret_that_is_left(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    secrets.revoke(live.uuid, live.secrets.get(status="active").uuid, by=partner)
    ends = at(live.secrets.get(status="retiring").expires_at)
    assert say(only("Secret revoked"), f"Another secret of the client works until {ends}.")


def test_a_reminder_says_what_to_do_about_the_new_secret(live, counting, partner):
    with time_machine.travel(counting.expires_at - timedelta(hours=4), tick=False):
        email = only("Old secret stops working soon")
        assert say(email, "No other secret of the client works. Issue a new one,")
        assert not say(email, "uses the new secret everywhere")


def test_a_reminder_says_that_a_new_secret_waits(live, counting, partner):
    new = rotate(live, partner)
    with time_machine.travel(counting.expires_at - timedelta(hours=4), tick=False):
        email = only("Old secret stops working soon")
    assert say(email, f"A new secret waits to be revealed until {at(new.reveal_until)}. Reveal it,")


def test_a_reminder_says_to_use_the_new_secret(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    ends = live.secrets.get(status="retiring").expires_at
    with time_machine.travel(ends - timedelta(hours=4), tick=False):
        assert say(only("Old secret stops working soon"), "uses the new secret everywhere")


def test_the_end_of_the_last_secret_asks_for_the_one_that_waits(live, counting, partner):
    new = rotate(live, partner)
    with time_machine.travel(counting.expires_at, tick=False):
        email = only("Old secret stopped working")
    assert say(email, f"waits to be revealed until {at(new.reveal_until)}. Reveal it.")
    assert not say(email, "Issue a new one")


def test_the_end_of_the_last_secret_asks_for_a_new_one(live, counting):
    with time_machine.travel(counting.expires_at, tick=False):
        assert say(only("Old secret stopped working"), "so it cannot get tokens. Issue a new one.")


def test_people_learn_of_an_end_that_a_verb_recorded_first(live, counting, partner):
    with time_machine.travel(counting.expires_at, tick=False):
        rotate(live, partner)
        assert both_hold(only("Old secret stopped working"), counting.hint)


def test_while_suspended_no_email_says_that_a_secret_works_or_asks_for_a_new_one(live, partner, reviewer):
    rotate(live, partner)
    reveal(live, partner)
    old = live.secrets.get(status="retiring")
    client.suspend(live.uuid, by=reviewer, reason="It was sold.")
    delivered("")
    with time_machine.travel(old.expires_at - timedelta(hours=4), tick=False):
        delivered("")
    with time_machine.travel(old.expires_at, tick=False):
        active = live.secrets.get(status="active")
        secrets.revoke(live.uuid, active.uuid, by=partner, confirmed="Example Client")
        delivered("")
    found = {email.subject: email for email in mail.outbox if "ecret" in email.subject}
    assert {subject.partition(":")[0] for subject in found} == {
        "New client secret",
        "Secret revealed",
        "Secret revoked",
        "Old secret expires soon",
        "Old secret expired",
    }
    for email in found.values():
        assert say(email, "The client is suspended. Until Pleo reinstates it,")
        for words in ("works on", "works until", "still works", "ssue a new", "The new secret works"):
            assert not say(email, words), (email.subject, words)


def test_an_email_that_is_sent_after_the_closing_asks_for_nothing(live, partner):
    rotate(live, partner)
    reveal(live, partner)
    client.close(live.uuid, by=partner)
    for subject in ("New client secret", "Secret revealed"):
        email = only(subject)
        assert say(email, "The client is closed, so none of its secrets works.")
        assert not say(email, "revoke the")


def test_while_suspended_a_lapse_asks_for_no_new_secret(partner, reviewer):
    registration = approved(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="It was sold.")
    with time_machine.travel(registration.secrets.get().reveal_until):
        email = only("Secret not revealed in time")
    assert say(email, "none can be issued or revealed")
    assert not say(email, "Issue a new secret")


def test_the_end_of_an_exception_is_said_where_one_ran(partner, lead):
    registration = excepted(partner, lead)
    reveal(registration, partner)
    secrets.replace_leaked(registration.uuid, registration.secrets.get().uuid, by=partner)
    assert say(only("Secret revoked"), "The PKCE exception ended with the secret.")
    email = only("PKCE exception revoked")
    assert say(email, "The secret was revoked at the same time.")
    assert not say(email, "changes nothing else")


def test_no_exception_is_said_to_end_where_none_ran(live, partner):
    secrets.replace_leaked(live.uuid, live.secrets.get().uuid, by=partner)
    assert not say(only("Secret revoked"), "PKCE")


def test_an_exception_that_staff_revoke_changes_nothing_else(partner, lead):
    registration = excepted(partner, lead)
    exception = registration.pkce_exceptions.get()
    pkce.revoke(registration.uuid, exception.uuid, by=lead, reason="Use a newer library.")
    assert say(only("PKCE exception revoked"), "The revocation changes nothing else about the client.")


def test_the_email_about_a_reveal_names_no_old_secret_without_an_end(live, partner):
    """As another release leaves it that knows no grace, until the next round of the worker."""
    rotate(live, partner)
    reveal(live, partner)
    live.secrets.filter(status="retiring").update(expires_at=None, successor_until=timezone.now())
    message = OutboxMessage.objects.get(kind="secret_revealed", expanded_at=None)
    email = EMAILS["secret_revealed"].compose(message.ids, Recipient(partner.pk, partner.email))
    assert not say(email, "The old secret")
