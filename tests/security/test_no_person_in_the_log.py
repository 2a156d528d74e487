"""No event holds a name, an address or a text that somebody typed: the log is never purged."""

import pytest
from django.utils import timezone

from portal.accounts import actions, invitations, memberships, own_account
from portal.accounts.models import Role
from portal.audit.models import Event
from registrations.domain.api_rights import Right
from registrations.models import Registration
from registrations.workflow import (
    api_tokens,
    assignment,
    client,
    comments,
    drafting,
    organisation_notes,
    organisations,
    pkce,
    review,
    secrets,
)
from tests.support import people
from tests.support.registrations import a_draft, again, approved, change, submitted, with_exception

MARK = "Zaphod"
"""Part of every name, address and text below."""
TEXT = f"{MARK} of accounting asked us for this on Monday."


def now():
    return timezone.now()


@pytest.fixture
def partner(db):
    partner = people.partner(f"{MARK}@client.example", name=f"{MARK} Ltd")
    actions.name_person(f"{MARK} Partner", by=partner)
    return partner


@pytest.fixture
def lead(db):
    lead = people.lead(f"lead.{MARK}@portal.example")
    lead.groups.add(*people.head().groups.all())
    return lead


def draft_of(partner, **changes):
    return a_draft(partner, client_name=f"{MARK} Client", contacts=[f"{MARK}@client.example"], **changes)


def life_of_an_organisation(partner, lead):
    home = people.home(partner)
    colleague = people.colleague(home, f"colleague.{MARK}@client.example")
    actions.rename_organisation(home.uuid, f"{MARK} and Sons", by=partner)
    address = f"guest.{MARK}@client.example"
    sent = invitations.invite(home.uuid, address, Role.VIEWER, by=partner, signed_in_at=now())
    own_account.ask_for_email_change(f"new.{MARK}@client.example", by=partner, signed_in_at=now())
    invitations.revoke(sent.uuid, by=partner)
    own = colleague.memberships.get()
    memberships.change_role(own.pk, Role.VIEWER, by=partner, signed_in_at=now())
    memberships.remove_member(own.pk, by=partner, signed_in_at=now())
    organisation_notes.write(home.uuid, by=lead, text=TEXT)


def life_of_a_review(partner, lead):
    registration = draft_of(partner, **with_exception(pkce_justification=TEXT * 2, pkce_controls=TEXT))
    uuid = registration.uuid
    drafting.submit(uuid, by=partner)
    assignment.claim(uuid, by=lead)
    comments.comment(uuid, by=lead, seen_version=1, text=TEXT)
    comments.note(uuid, by=lead, text=TEXT, tell=[people.reviewer(f"told.{MARK}@portal.example")])
    comments.message(uuid, by=partner, text=TEXT)
    pkce.refuse(uuid, by=lead, seen_version=1, note=TEXT)
    review.request_changes(uuid, by=lead, seen_version=1, note=TEXT)
    change(registration, partner, pkce_support="supported", client_name=f"{MARK} App")
    drafting.submit(uuid, by=partner)
    review.reject(uuid, by=lead, seen_version=2, note=TEXT)


def life_of_a_client(partner, lead):
    registration = approved(partner, lead, client_name=f"{MARK} Other", contacts=[f"{MARK}@client.example"])
    uuid, secret = registration.uuid, registration.secrets.get()
    secrets.revoke_at_desk(uuid, secret.uuid, by=lead, reason=TEXT)
    client.suspend(uuid, by=lead, reason=TEXT, internal_note=TEXT)
    client.reinstate(uuid, by=lead, signed_in_at=now(), note=TEXT)
    change(again(registration), partner, contacts=[f"other.{MARK}@client.example"])
    drafting.submit(uuid, by=partner)
    client.close_as_staff(uuid, by=lead, signed_in_at=now(), reason=TEXT, internal_note=TEXT)


def end_of_an_organisation(partner, lead):
    for uuid in Registration.objects.exclude(status="closed").values_list("uuid", flat=True):
        client.close(uuid, by=partner)
    organisations.close(people.home(partner).uuid, by=partner, signed_in_at=now())


LIVES = [life_of_an_organisation, life_of_a_review, life_of_a_client, end_of_an_organisation]


@pytest.mark.parametrize("live", LIVES)
def test_no_event_holds_what_somebody_typed(partner, lead, live):
    live(partner, lead)
    events = list(Event.objects.values())
    assert events
    assert not [event for event in events if MARK.lower() in str(event).lower()]


@pytest.mark.parametrize("live", LIVES)
def test_every_event_names_the_organisation_that_it_concerns(partner, lead, live):
    home = people.home(partner)
    live(partner, lead)
    of_people = {partner.pseudonym, lead.pseudonym}
    elsewhere = Event.objects.exclude(stream__in=of_people).exclude(organisation=home.uuid)
    assert not list(elsewhere.values_list("verb", flat=True))


@pytest.mark.django_db
def test_an_event_about_a_token_names_no_server(lead):
    token, _ = api_tokens.create(
        f"{MARK} gateway", by=lead, signed_in_at=now(), environment="staging", rights=[Right.READ]
    )
    api_tokens.revoke(token.uuid, by=lead)
    assert not [event for event in Event.objects.values() if MARK.lower() in str(event).lower()]


@pytest.mark.django_db
def test_a_refusal_names_the_organisation_too(lead):
    registration = submitted(people.partner(), **with_exception())
    with pytest.raises(Exception, match="exception"):
        review.approve(registration.uuid, by=lead, seen_version=1, signed_in_at=now())
    assert Event.objects.get(outcome="refused").organisation == registration.organisation.uuid
