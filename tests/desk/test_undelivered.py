"""The list of emails and webhooks that could not be delivered, and sending them again."""

import re

import pytest

from portal.audit.models import Event
from portal.outbox.models import Delivery, OutboxMessage
from portal.refusals import Conflict, NotAllowed
from registrations.workflow.undelivered import send_again
from tests.desk.pages import QUEUE
from tests.support import people
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

LIST = f"{QUEUE}undelivered/"
LINK = f'href="{LIST}"'


def words(answer):
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", answer.text).split())


@pytest.fixture
def leads(client):
    """The browser of a lead by the group alone."""
    client.who = people.head()
    return people.sign_in(client, client.who)


def dead(kind="approved", error="ConnectionRefusedError", **to):
    message = OutboxMessage.objects.create(kind=kind, expanded_at="2026-05-01T12:00Z")
    Delivery.objects.create(message=message, state="dead", attempts=8, last_error=error, **to)
    return message


@pytest.fixture
def undelivered(partner):
    """An email, a webhook, and an email whose recipients nobody could find."""
    return [
        dead(recipient=partner),
        dead("client.suspended", "HTTP 503", target="staging"),
        OutboxMessage.objects.create(kind="account_unknown", attempts=8, last_error="UnknownKind"),
    ]


def test_a_lead_sees_what_is_undelivered_and_sends_one_again(leads, undelivered, partner):
    assert LINK in leads.get("/admin/").text
    page = words(leads.get(LIST))
    assert f"{partner.get_full_name()}: 8 attempts, ConnectionRefusedError" in page
    assert "Webhook: client.suspended" in page
    assert "Staging server: 8 attempts, HTTP 503" in page
    assert "Recipients not found: UnknownKind" in page
    email, webhook, unexpanded = undelivered
    answer = leads.post(LIST, {"message": str(webhook.uuid)}, follow=True)
    assert "client.suspended" not in words(answer)
    assert list(Delivery.objects.order_by("pk").values_list("state", "attempts")) == [
        ("dead", 8),
        ("waiting", 0),
    ]
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor) == ("undelivered.requeued", str(leads.who.pseudonym))
    assert event.moved == [f"outbox:{webhook.uuid}"]
    again = leads.post(LIST, {"message": str(webhook.uuid)})
    assert (again.status_code, Event.objects.filter(verb="undelivered.requeued").count()) == (409, 1)


def test_all_on_the_page_is_sent_again_at_once(leads, undelivered):
    leads.post(LIST, {"message": [str(one.uuid) for one in undelivered]})
    assert not OutboxMessage.objects.undelivered().exists()
    assert "Everything was delivered" in words(leads.get(LIST))
    assert LINK not in leads.get("/admin/").text


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_one_sends_again():
    person = people.head()
    for _ in range(5):
        message = dead("client.suspended", target="staging")
        results = at_once(*[lambda message=message: send_again([message.uuid], by=person)] * 4)
        assert sum(isinstance(one, Conflict) for one in results) == 3
    assert Event.objects.filter(verb="undelivered.requeued").count() == 5


@pytest.mark.parametrize("posted", [{}, {"message": "7"}])
def test_a_post_that_names_nothing_sends_nothing(leads, undelivered, posted):
    assert leads.post(LIST, posted).status_code == 409
    assert OutboxMessage.objects.undelivered().count() == 3


def test_the_list_goes_on_after_its_last_row(leads, monkeypatch, undelivered):
    monkeypatch.setattr("registrations.admin.undelivered.PAGE", 2)
    page = leads.get(LIST).text
    assert f'href="?after={undelivered[1].uuid}"' in page
    rest = words(leads.get(f"{LIST}?after={undelivered[1].uuid}"))
    assert "account unknown" in rest
    assert "client.suspended" not in rest


@pytest.mark.parametrize("who", [people.reviewer, people.auditor])
def test_only_leads_see_it_and_send_again(who, client, undelivered):
    person = who()
    browser = people.sign_in(client, person)
    assert LINK not in browser.get("/admin/").text
    assert browser.get(LIST).status_code == browser.post(LIST, {}).status_code == 403
    with pytest.raises(NotAllowed):
        send_again([undelivered[0].uuid], by=person)
    with pytest.raises(Conflict):
        send_again([], by=people.head())
