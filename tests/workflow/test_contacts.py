"""Contacts are asked once to confirm, and count only once they have."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from portal.audit.models import Event
from portal.epochs.models import Epoch
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from registrations.models import ContactConfirmation
from registrations.workflow import client, contacts, drafting, review
from tests.support import people
from tests.support.adopted import adopt
from tests.support.people import home
from tests.support.registrations import a_draft, applied, approved, change, submitted

pytestmark = pytest.mark.django_db

ADDRESS = "name.surname@client.example"


def emailed():
    """The addresses to which a link was queued, in order."""
    ids = OutboxMessage.objects.filter(kind="contact_confirm").order_by("pk").values_list("ids", flat=True)
    address = dict(ContactConfirmation.objects.values_list("pk", "address"))
    return [address[one["contact_id"]] for one in ids]


def contact(address=ADDRESS, **which):
    return ContactConfirmation.objects.get(address=address, **which)


def many(count, prefix="c"):
    return [f"{prefix}{number}@client.example" for number in range(count)]


def fill_the_day(partner):
    """Two clients whose contacts use up what the organisation may send in a day."""
    return [submitted(partner, client_name=f"Client {one}", contacts=many(10, one)) for one in "ab"]


def in_a_day():
    return time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False)


def test_saving_a_draft_sends_nothing_and_submitting_it_sends_the_link(partner):
    registration = a_draft(partner)
    change(registration, partner, contacts=["slip@client.example"])
    assert not ContactConfirmation.objects.exists()
    change(registration, partner, contacts=[ADDRESS])
    drafting.submit(registration.uuid, by=partner)
    assert emailed() == [ADDRESS]
    event = Event.objects.get(verb="revision.submitted")
    assert event.moved == ["revision:1", f"contact:{contact().uuid}"]


def test_a_contact_that_takes_effect_at_once_is_sent_the_link(partner, reviewer):
    applied(partner, reviewer)
    assert emailed() == [ADDRESS, "other@client.example"]


def test_an_organisation_asks_an_address_once_however_it_is_written(partner, reviewer):
    approved(partner, reviewer)
    submitted(partner, client_name="Second Client", contacts=["Name.Surname@Client.example"])
    assert emailed() == [ADDRESS]


def test_an_address_that_is_listed_in_two_spellings_is_asked_once(partner):
    submitted(partner, contacts=["Name.Surname@client.example", ADDRESS])
    assert emailed() == [ADDRESS]


def test_each_organisation_asks_for_itself(partner, stranger):
    submitted(partner)
    submitted(stranger, client_name="Other Client")
    assert emailed() == [ADDRESS, ADDRESS]
    contacts.confirm(contact(organisation=home(partner)).token)
    assert contact(organisation=home(stranger)).status == "unconfirmed"


def test_restricting_and_adopting_a_client_send_nothing(partner, reviewer):
    registration = approved(partner, reviewer)
    ContactConfirmation.objects.all().delete()  # as for a client that is older than this
    OutboxMessage.objects.all().delete()
    client.restrict(registration.uuid, by=partner, scope=["users:write"])
    adopt()
    assert emailed() == []
    change(registration, partner, client_uri="https://client.example/new")
    drafting.submit(registration.uuid, by=partner)
    assert emailed() == [ADDRESS]


def test_twenty_unconfirmed_a_day_and_the_worker_sends_the_others_the_next_day(partner):
    fill_the_day(partner)
    submitted(partner, client_name="Client c", contacts=many(3))
    assert len(emailed()) == 20
    assert contacts.send_due() == 0
    with in_a_day():
        assert contacts.send_due() == 1
        assert emailed()[20:] == many(3)
        assert contacts.send_due() == 0
    event = Event.objects.get(verb="contact.emailed")
    assert (event.actor, event.stream) == ("system", home(partner).uuid)
    assert event.detail == {"emailed": 3, "forgotten": 0}


def test_the_limit_is_of_one_organisation(partner, stranger):
    fill_the_day(partner)
    submitted(stranger, client_name="Other Client")
    assert emailed()[20:] == [ADDRESS]


def test_whoever_confirms_makes_room_and_whoever_refuses_makes_none(partner):
    fill_the_day(partner)
    contacts.confirm(contact("a0@client.example").token)
    contacts.refuse(contact("a1@client.example").token)
    submitted(partner, client_name="Client c", contacts=many(3))
    assert emailed()[20:] == ["c0@client.example"]


def test_who_waits_is_forgotten_once_no_version_names_them(partner):
    fill_the_day(partner)
    waiting = submitted(partner, client_name="Client c", contacts=many(1))
    drafting.withdraw(waiting.uuid, by=partner)
    with in_a_day():
        contacts.send_due()
    assert len(emailed()) == 20
    assert not ContactConfirmation.objects.filter(sent_at=None).exists()
    assert Event.objects.get(verb="contact.emailed").detail == {"emailed": 0, "forgotten": 1}


def test_confirming_is_one_event_however_often(partner):
    submitted(partner)
    for _ in range(3):
        assert contacts.confirm(contact().token).status == "confirmed"
    event = Event.objects.get(verb="contact.confirmed")
    assert (event.actor, event.stream, event.moved) == (
        "system",
        home(partner).uuid,
        [f"contact:{contact().uuid}"],
    )


def test_no_event_holds_the_address(partner):
    fill_the_day(partner)
    submitted(partner, client_name="Client c", contacts=many(3))
    contacts.refuse(contact("a0@client.example").token)
    with in_a_day():
        contacts.send_due()
    said = str(list(Event.objects.values_list("verb", "moved", "detail")))
    assert "contact.refused" in said
    assert "@" not in said


def test_not_me_is_final_for_the_organisation(partner, reviewer):
    registration = approved(partner, reviewer)
    contacts.refuse(contact().token)
    contacts.refuse(contact().token)
    assert Event.objects.filter(verb="contact.refused").count() == 1
    with pytest.raises(Conflict, match="That answer stays"):
        contacts.confirm(contact().token)
    with pytest.raises(Conflict, match="answered already"):
        contacts.send_again(registration.uuid, contact().uuid, by=partner)
    change(registration, partner, contacts=["other@client.example"])
    drafting.submit(registration.uuid, by=partner)
    change(registration, partner, contacts=[ADDRESS])
    drafting.submit(registration.uuid, by=partner)
    submitted(partner, client_name="Second Client")
    assert emailed() == [ADDRESS, "other@client.example"]
    assert contact().status == "refused"


def test_not_me_is_possible_after_confirming(partner):
    submitted(partner)
    contacts.confirm(contact().token)
    contacts.refuse(contact().token)
    assert (contact().status, contact().confirmed_at) == ("refused", None)


def test_what_was_confirmed_stays_when_no_version_names_it(partner, reviewer):
    registration = approved(partner, reviewer)
    contacts.confirm(contact().token)
    for address in ("other@client.example", ADDRESS):
        change(registration, partner, contacts=[address])
        drafting.submit(registration.uuid, by=partner)
    assert contact().status == "confirmed"
    assert emailed().count(ADDRESS) == 1


def test_nobody_confirms_what_no_client_names_any_more(partner, reviewer):
    applied(partner, reviewer)
    with pytest.raises(Conflict, match="nothing to confirm"):
        contacts.confirm(contact().token)
    assert contacts.refuse(contact().token).status == "refused"


def test_a_contact_may_confirm_while_the_partner_makes_changes(partner, reviewer):
    registration = submitted(partner)
    review.request_changes(registration.uuid, by=reviewer, seen_version=1, note="Name the product.")
    assert contacts.confirm(contact().token).status == "confirmed"


def test_a_closed_client_names_nobody(partner, reviewer):
    registration = approved(partner, reviewer)
    client.close(registration.uuid, by=partner)
    with pytest.raises(Conflict, match="nothing to confirm"):
        contacts.confirm(contact().token)


@pytest.mark.parametrize("verb", [contacts.confirm, contacts.refuse])
def test_a_token_is_signed_for_its_contact_and_its_epoch(partner, verb):
    submitted(partner)
    uuid, token = str(contact().uuid), contact().token
    forged = (
        uuid,
        signing.dumps(uuid),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        signing.dumps(uuid, salt="registrations.contact", key="another"),
    )
    for one in forged:
        with pytest.raises(NotFound):
            verb(one)
    Epoch.objects.create()
    with pytest.raises(NotFound):
        verb(token)
    assert contact().status == "unconfirmed"
    assert verb(contact().token).status != "unconfirmed"


def test_the_link_is_sent_again_with_one_event(partner):
    registration = submitted(partner)
    contacts.send_again(registration.uuid, contact().uuid, by=partner)
    assert emailed() == [ADDRESS, ADDRESS]
    event = Event.objects.get(verb="contact.emailed_again")
    assert (event.stream, event.moved) == (registration.uuid, [f"contact:{contact().uuid}"])
    assert event.actor == str(partner.pseudonym)


def test_only_who_edits_the_client_sends_it_again(partner, stranger):
    registration = submitted(partner)
    with pytest.raises(NotFound):
        contacts.send_again(registration.uuid, contact().uuid, by=stranger)
    with pytest.raises(NotAllowed):
        contacts.send_again(registration.uuid, contact().uuid, by=people.viewer(home(partner)))


def test_it_is_sent_again_only_for_a_client_that_names_the_contact(partner, stranger):
    own = submitted(partner)
    other = submitted(partner, client_name="Second Client", contacts=["other@client.example"])
    foreign = submitted(stranger, client_name="Other Client", contacts=["third@other.example"])
    for registration, address, by in (
        (own, "other@client.example", partner),
        (other, ADDRESS, partner),
        (own, "third@other.example", partner),
        (foreign, ADDRESS, stranger),
    ):
        with pytest.raises(NotFound):
            contacts.send_again(registration.uuid, contact(address).uuid, by=by)
    assert len(emailed()) == 3


def test_sending_again_keeps_within_the_limit_of_the_day(partner):
    first = submitted(partner, client_name="Early Client")
    with in_a_day():
        fill_the_day(partner)
        with pytest.raises(Conflict, match="Try again tomorrow"):
            contacts.send_again(first.uuid, contact().uuid, by=partner)
        last = submitted(partner, client_name="Late Client", contacts=many(1))
        with pytest.raises(Conflict, match="goes out by itself"):
            contacts.send_again(last.uuid, contact("c0@client.example").uuid, by=partner)
    assert len(emailed()) == 21
