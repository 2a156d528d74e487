"""Confirmed contacts hear of what changes how the client works, and nobody else who is named does."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from portal.accounts.models import Membership, User
from registrations.emails.secrets import partners_and_contacts_of_secret
from registrations.models import ContactConfirmation
from registrations.workflow import client, contacts, drafting, pkce, review, secrets
from tests.emails.sending import both_hold, delivered, delivered_after, parts, readers
from tests.support import people
from tests.support.just_signed_in import remove_member
from tests.support.people import home
from tests.support.registrations import approved, change, excepted, reveal, revealed, submitted

pytestmark = pytest.mark.django_db

ADDRESS = "name.surname@client.example"
PARTNER = "partner@client.example"
BOTH = [ADDRESS, PARTNER]


def confirm(address=ADDRESS):
    contacts.confirm(ContactConfirmation.objects.get(address=address).token)


def live(partner, reviewer, **changes):
    """A live client whose contact has confirmed, and no email that is still to be sent."""
    registration = approved(partner, reviewer, **changes)
    confirm()
    delivered("")
    mail.outbox.clear()
    return registration


def test_who_confirms_before_the_decision_hears_of_it(partner, reviewer):
    registration = submitted(partner)
    confirm()
    review.approve(registration.uuid, by=reviewer, seen_version=1, signed_in_at=timezone.now())
    assert readers(delivered("Approved")) == BOTH
    rejected = submitted(partner, client_name="Second Client")
    review.reject(rejected.uuid, by=reviewer, seen_version=1, note="No.")
    assert readers(delivered("Rejected")) == BOTH


def test_suspension_reinstatement_and_closure_reach_the_contact(partner, reviewer):
    registration = live(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    client.reinstate(registration.uuid, by=reviewer, signed_in_at=timezone.now())
    client.close(registration.uuid, by=partner)
    for subject in ("Suspended", "Reinstated", "Closed"):
        assert readers(delivered(subject)) == BOTH


def test_what_changes_at_once_reaches_the_contact(partner, reviewer):
    registration = live(partner, reviewer)
    client.restrict(registration.uuid, by=partner, scope=["users:write"])
    change(registration, partner, scope=["test:test"])
    drafting.submit(registration.uuid, by=partner)
    delivered("")
    assert [readers([email]) for email in mail.outbox].count([ADDRESS]) == 2


def test_secrets_that_are_issued_end_or_are_revoked_reach_the_contact(partner, reviewer):
    registration, _ = revealed(partner, reviewer)
    confirm()
    secrets.rotate(registration.uuid, by=partner, grace="24h", signed_in_at=timezone.now())
    new = reveal(registration, partner)
    delivered("")
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        delivered("")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        delivered("")
        left = registration.secrets.get(status="active")
        secrets.revoke(registration.uuid, left.uuid, by=partner, confirmed="Example Client")
        delivered("")
    got = [email.subject.split(":")[0] for email in mail.outbox if email.to == [ADDRESS]]
    assert len(got) == 5, got  # approved, issued, ends soon, has ended, revoked
    assert not [part for email in mail.outbox for part in parts(email) if new in part]


def test_the_end_of_an_exception_reaches_the_contact(partner, lead):
    registration = excepted(partner, lead, days=20)
    confirm()
    delivered("")
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        delivered("")
    exception = registration.pkce_exceptions.get()
    pkce.revoke(registration.uuid, exception.uuid, by=lead, reason="A leak.")
    delivered("")
    got = [email.subject for email in mail.outbox if email.to == [ADDRESS]]
    assert len(got) == 3, got  # approved, ends soon, revoked


def test_what_only_editors_can_act_on_does_not_reach_the_contact(partner, reviewer):
    registration = submitted(partner)
    confirm()
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Name the product.")
    reveal(approved(partner, reviewer, client_name="Second Client"), partner)
    for subject in ("Submitted", "Changes requested", "Secret revealed"):
        reached = readers(delivered(subject))
        assert PARTNER in reached
        assert ADDRESS not in reached


@pytest.mark.parametrize("answer", [lambda token: None, contacts.refuse])
def test_nobody_hears_of_a_client_without_having_confirmed(partner, reviewer, answer):
    registration = approved(partner, reviewer)
    answer(ContactConfirmation.objects.get().token)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    assert readers(delivered("Suspended")) == [PARTNER]


def test_not_me_stops_what_is_already_queued(partner, reviewer):
    registration = live(partner, reviewer)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    token = ContactConfirmation.objects.get().token
    assert readers(delivered_after("Suspended", lambda: contacts.refuse(token))) == [PARTNER]


def test_a_contact_of_another_client_or_organisation_hears_nothing(partner, stranger, reviewer):
    live(partner, reviewer)
    other = approved(partner, reviewer, client_name="Second Client", contacts=["other@client.example"])
    foreign = approved(stranger, reviewer, client_name="Other Client")
    for registration in (other, foreign):
        client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    assert readers(delivered("Suspended")) == [PARTNER, "stranger@other.example"]


def test_a_contact_who_was_taken_out_hears_nothing_more(partner, reviewer):
    registration = live(partner, reviewer)
    change(registration, partner, contacts=["other@client.example"])
    drafting.submit(registration.uuid, by=partner)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    assert readers(delivered("Suspended")) == [PARTNER]


def test_a_contact_who_is_a_member_gets_one_email_as_a_member(partner, reviewer):
    colleague = people.colleague(home(partner), "developer@client.example")
    registration = approved(partner, reviewer, contacts=["Partner@client.example", colleague.email])
    confirm(PARTNER)
    confirm(colleague.email)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    emails = delivered("Suspended")
    assert readers(emails) == [colleague.email, PARTNER]
    assert not [email for email in emails if both_hold(email, "needs an account")]


@pytest.mark.parametrize(("choice", "hears"), [("all", {True, False}), ("mine", {True}), ("security", set())])
def test_a_member_who_is_named_hears_what_they_chose(partner, reviewer, choice, hears):
    """By whether the client is theirs."""
    named = people.colleague(home(partner), "developer@client.example")
    by = {True: named, False: partner}
    clients = {own: submitted(by[own], client_name=f"Client {own}", contacts=[named.email]) for own in by}
    confirm(named.email)
    User.objects.filter(pk=named.pk).update(notifications=choice)
    delivered("")
    for registration in clients.values():
        client.close(registration.uuid, by=partner)
    heard = {email.subject for email in delivered("Closed") if email.to == [named.email]}
    assert {own for own in by if any(f"Client {own}" in subject for subject in heard)} == hears


def test_emails_about_secrets_reach_a_named_member_whatever_they_chose(partner, reviewer):
    named = people.colleague(home(partner), "developer@client.example")
    registration = approved(partner, reviewer, contacts=[named.email])
    confirm(named.email)
    User.objects.filter(pk=named.pk).update(notifications="security")
    secret = registration.secrets.get()
    reached = partners_and_contacts_of_secret({"secret_id": secret.pk})
    assert [one.user_id for one in reached] == [partner.pk, named.pk]


@pytest.mark.parametrize("confirms", [True, False])
def test_whoever_is_removed_hears_on_only_as_a_confirmed_contact(partner, reviewer, confirms):
    gone = people.colleague(home(partner), "developer@client.example")
    registration = approved(gone, reviewer, contacts=[gone.email])
    if confirms:
        confirm(gone.email)
    remove_member(gone.memberships.get().pk, by=partner)
    delivered("")
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    emails = {email.to[0]: email for email in delivered("Suspended")}
    assert sorted(emails) == ([gone.email, PARTNER] if confirms else [PARTNER])
    assert not confirms or both_hold(emails[gone.email], "you confirmed that you are a contact")


def test_an_account_that_is_deactivated_gets_none(partner, reviewer):
    registration = live(partner, reviewer)
    people.person(ADDRESS, is_active=False)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    assert readers(delivered("Suspended")) == [PARTNER]


def test_a_contact_who_is_no_member_reads_that_the_link_needs_an_account(partner, reviewer):
    registration = live(partner, reviewer)
    people.person(ADDRESS)
    client.suspend(registration.uuid, by=reviewer, reason="A leak.")
    emails = {email.to[0]: email for email in delivered("Suspended")}
    for words in ("The link needs an account of Client Ltd.", "you confirmed that you are a contact"):
        assert both_hold(emails[ADDRESS], words)
        assert not both_hold(emails[PARTNER], words)
    for email in emails.values():
        assert "/contacts/" not in str(email.message())
    assert not Membership.objects.filter(user=User.objects.get(email=ADDRESS)).exists()


def test_the_desk_reads_before_it_suspends_that_the_contact_gets_the_email(partner, reviewer, client):
    registration = live(partner, reviewer)
    people.sign_in(client, reviewer)
    page = client.post(
        f"/admin/registrations/registration/{registration.uuid}/suspend/",
        {"suspend_reason": "A leak.", "preview": "1"},
    )
    assert ADDRESS in page.text.split("The email goes to:")[1].split("</")[0]
