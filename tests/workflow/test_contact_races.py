"""The same contact at the same moment: one email, one answer, and no more emails than a day allows."""

import pytest

from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict
from registrations.models import ContactConfirmation
from registrations.workflow import contacts, drafting
from tests.support.races import at_once
from tests.support.registrations import a_draft, submitted
from tests.support.scale import times

pytestmark = pytest.mark.django_db(transaction=True)


def queued():
    return OutboxMessage.objects.filter(kind="contact_confirm").count()


def submitting(registration, by):
    return lambda: drafting.submit(registration.uuid, by=by)


def test_of_clients_that_name_one_contact_at_once_one_sends_the_link(partner):
    for one in range(times(10)):
        named = [f"contact{one}@client.example", f"second{one}@client.example"]
        drafts = [
            a_draft(partner, client_name=f"Client {one}{letter}", contacts=named[::turn])
            for letter, turn in (("a", 1), ("b", -1), ("c", 1), ("d", -1))
        ]
        before = queued()
        results = at_once(*[submitting(draft, partner) for draft in drafts])
        assert [result for result in results if isinstance(result, Exception)] == []
        assert queued() - before == 2
        ContactConfirmation.objects.update(sent_at="2026-01-01T00:00Z")  # as if it were long ago


def test_clients_that_are_submitted_at_once_send_no_more_than_a_day_allows(partner):
    drafts = [
        a_draft(
            partner,
            client_name=f"Client {letter}",
            contacts=[f"{letter}{number}@client.example" for number in range(9)],
        )
        for letter in "abcdef"
    ]
    results = at_once(*[submitting(draft, partner) for draft in drafts], contacts.send_due)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert queued() == 20
    assert ContactConfirmation.objects.filter(sent_at=None).count() == 54 - 20


def test_of_twenty_confirmations_at_once_one_is_an_event(partner):
    for one in range(times(10)):
        submitted(partner, client_name=f"Client {one}", contacts=[f"contact{one}@client.example"])
        token = ContactConfirmation.objects.get(address=f"contact{one}@client.example").token
        results = at_once(*[lambda: contacts.confirm(token)] * 20)
        assert {result.status for result in results} == {"confirmed"}
        assert Event.objects.filter(verb="contact.confirmed").count() == one + 1


def test_whoever_confirms_and_says_not_me_at_once_is_no_contact(partner):
    for one in range(times(20)):
        submitted(partner, client_name=f"Client {one}", contacts=[f"contact{one}@client.example"])
        named = ContactConfirmation.objects.get(address=f"contact{one}@client.example")
        token = named.token
        results = at_once(*[lambda: contacts.confirm(token), lambda: contacts.refuse(token)] * 4)
        assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)] == []
        named.refresh_from_db()
        assert named.status == "refused"
        assert Event.objects.filter(verb="contact.refused").count() == one + 1
