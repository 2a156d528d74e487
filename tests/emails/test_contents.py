"""What the emails say."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from portal.outbox.queue import paused_since
from registrations.emails import EMAILS
from registrations.models.secret import REVEAL_WINDOW
from registrations.workflow import drafting, restoring, review, secrets
from tests.emails.sending import both_hold, delivered, only, parts, readers, want_each
from tests.support.registrations import approved, change, excepted, in_days, reveal, revealed, submitted

pytestmark = pytest.mark.django_db

SITE = "https://testserver"


def test_partner_and_reviewer_are_led_to_their_own_pages(partner, reviewer):
    want_each(reviewer)
    registration = submitted(partner)
    assert both_hold(only("Submitted for review"), f"{SITE}/registrations/{registration.uuid}/")
    desk = f"{SITE}/admin/registrations/registration/{registration.uuid}/review/"
    assert both_hold(only("To review"), desk)


def test_request_for_changes_carries_the_note_and_leads_to_the_form(partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Drop users:write.")
    email = only("Changes requested: Example Client")
    assert both_hold(email, "Drop users:write.")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/edit/")


def test_rejection_carries_the_note(partner, reviewer):
    registration = submitted(partner)
    review.reject(registration.uuid, by=reviewer, seen_version=1, note="Not your company.")
    assert both_hold(only("Rejected: Example Client"), "Not your company.")


def test_approval_leads_to_the_credentials_and_says_until_when(partner, reviewer):
    registration = approved(partner, reviewer)
    email = only("Approved: Example Client")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/credentials/")
    assert both_hold(email, str(registration.client_id))
    until = registration.secrets.get().reveal_until
    assert both_hold(email, f"{until.day} {until:%B %Y, %H:%M} UTC")


def test_approval_of_a_change_promises_no_secret(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    delivered("")
    mail.outbox.clear()
    change(registration, partner, initiation_uri="https://client.example/start")
    drafting.submit(registration.uuid, by=partner)
    review.approve(registration.uuid, by=reviewer, seen_version=2, signed_in_at=timezone.now())
    assert not both_hold(only("Approved"), "reveal the client secret")


def test_a_change_in_effect_at_once_is_told_by_field_and_person(partner, colleague, reviewer):
    registration = approved(partner, reviewer)
    change(registration, colleague, contacts=["new@client.example"], scope=["test:test"])
    drafting.submit(registration.uuid, by=colleague)
    emails = delivered("Change in effect: Example Client")
    assert readers(emails) == ["colleague@client.example", "partner@client.example"]
    for words in ("colleague@client.example changed", "Contacts", "Scopes", "needed no review"):
        assert both_hold(emails[0], words)
    assert not both_hold(emails[0], "Redirect URIs")
    assert both_hold(emails[0], f"{SITE}/registrations/{registration.uuid}/")


def test_approval_names_the_end_of_the_exception(partner, lead):
    excepted(partner, lead, days=90)
    end = in_days(90)
    assert both_hold(only("Approved"), f"up to and including {end.day} {end:%B %Y}")


def test_no_email_holds_the_secret(partner, reviewer):
    registration, secret = revealed(partner, reviewer)
    emails = delivered("")
    assert len(emails) == 4
    assert not [email for email in emails if secret in str(email.message())]
    assert not [email for email in emails for part in parts(email) if secret in part]


def test_email_about_a_reveal_names_the_person_and_the_way_out(partner, colleague, reviewer):
    registration = approved(partner, reviewer)
    secret = reveal(registration, colleague)
    email = delivered("Secret revealed")[0]
    assert both_hold(email, "colleague@client.example")
    assert both_hold(email, secret[-4:])
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/credentials/")


def test_lapse_is_booked_and_told_by_the_worker(partner, reviewer):
    registration = approved(partner, reviewer)
    with time_machine.travel(timezone.now() + REVEAL_WINDOW + timedelta(minutes=1)):
        email = only("Secret not revealed in time: Example Client")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/credentials/")
    assert registration.secrets.get().status == "lapsed"


def test_a_secret_that_a_restore_destroyed_is_told_with_the_way_out(partner, reviewer):
    registration = approved(partner, reviewer)
    restoring.begin_epoch()
    restoring.release_emails(drop_before=paused_since())
    email = only("Unrevealed secret destroyed: Example Client")
    assert both_hold(email, "restored the registration portal from a backup")
    assert both_hold(email, f"{SITE}/registrations/{registration.uuid}/credentials/")


def test_a_secret_that_was_destroyed_because_of_its_key_is_told_why(partner, reviewer):
    approved(partner, reviewer)
    secrets.void_for_key()
    email = only("Unrevealed secret destroyed: Example Client")
    assert both_hold(email, "give up the key that encrypted it")
    assert both_hold(email, "Nothing else about the client has changed.")
    assert not both_hold(email, "backup")


def test_the_email_about_a_destroyed_secret_knows_the_one_that_was_issued_since(partner, reviewer):
    registration = approved(partner, reviewer)
    secrets.void_for_key()
    secrets.rotate(registration.uuid, by=partner, grace="now", signed_in_at=timezone.now())
    email = only("Unrevealed secret destroyed: Example Client")
    assert both_hold(email, "A new secret waits to be revealed until")
    assert not both_hold(email, "Issue a new secret")


def test_hostile_note_stays_text(partner, reviewer):
    registration = submitted(partner)
    note = '<img src=x onerror="alert(1)">'
    review.reject(registration.uuid, by=reviewer, seen_version=1, note=note)
    plain, html = parts(only("Rejected"))
    assert note in plain
    assert "<img" not in html
    assert "&lt;img" in html


def test_every_email_that_verbs_order_is_known():
    assert set(EMAILS) == {
        "submitted",
        "message",
        "changes_requested",
        "rejected",
        "approved",
        "applied",
        "restricted",
        "secret_issued",
        "secret_revealed",
        "secret_revoked",
        "secret_ending",
        "secret_expired",
        "secret_lapsed",
        "secret_voided",
        "suspended",
        "reinstated",
        "closed",
        "contact_confirm",
        "pkce_refused",
        "pkce_granted",
        "pkce_ending",
        "pkce_lapsed",
        "pkce_revoked",
        "digest",
        "handed_over",
        "mentioned",
        "token_ending",
    }
