"""Whoever has a colleague's mail domain may ask to be let in, and learns nothing else (rule O-02)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.accounts import joining
from portal.accounts.models import JoinRequest, Membership, Role, User
from portal.accounts.recent_sign_in import ReauthenticationNeeded
from portal.audit.models import Event
from portal.outbox.models import OutboxMessage
from portal.refusals import Conflict, NotAllowed, NotFound
from tests.accounts.mailing import deliver
from tests.support import people
from tests.support.people import home, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

NEW, ASK = "/organisation/new/", "/organisation/ask/"


@pytest.fixture
def admin():
    return people.partner()


@pytest.fixture
def founder():
    return people.person("founder@client.example", full_name="Frida Founder")


@pytest.fixture
def asked(admin, founder):
    joining.ask_to_join(by=founder)
    return JoinRequest.objects.get()


def accept(asked, by, role=Role.DEVELOPER):
    return joining.accept_request(asked.uuid, role, by=by, signed_in_at=timezone.now())


def decision(asked, what=""):
    return f"/organisation/requests/{asked.uuid}/{what}"


def test_a_founder_asks_without_learning_the_name(client, admin, founder):
    sign_in(client, founder)
    page = client.get(NEW).text
    assert f'action="{ASK}"' in page
    done = client.post(ASK, follow=True)
    assert done.redirect_chain == [(NEW, 302)]
    assert "You get an email when they have decided." in done.text
    assert f'action="{ASK}"' not in done.text
    assert "Client Ltd" not in page + done.text
    assert admin.email not in page + done.text
    assert not founder.memberships.exists()
    event = Event.objects.get(verb="join_requested")
    assert (event.stream, event.actor) == (home(admin).uuid, str(founder.pseudonym))
    [email] = deliver()
    assert email.to == [admin.email]
    assert "founder@client.example" in email.body


@pytest.mark.parametrize(
    "address", ["founder@elsewhere.example", "founder@gmail.com", "f@sub.client.example"]
)
def test_a_stranger_asks_nobody(client, admin, address):
    people.colleague(home(admin), "somebody@gmail.com")
    stranger = people.person(address)
    sign_in(client, stranger)
    assert f'action="{ASK}"' not in client.get(NEW).text
    assert client.post(ASK).status_code == 409
    with pytest.raises(Conflict):
        joining.ask_to_join(by=stranger)
    assert not JoinRequest.objects.exists()


def test_only_a_confirmed_address_asks(admin, founder):
    founder.emailaddress_set.update(verified=False)
    with pytest.raises(Conflict):
        joining.ask_to_join(by=founder)
    assert not JoinRequest.objects.exists()


def test_members_and_staff_do_not_ask(admin):
    with pytest.raises(Conflict):
        joining.ask_to_join(by=people.partner("second@client.example", "Second Ltd"))
    with pytest.raises(NotAllowed):
        joining.ask_to_join(by=people.person("clerk@client.example", is_staff=True))
    assert not JoinRequest.objects.exists()


def test_an_admin_lets_the_person_in(client, admin, founder, asked):
    deliver()
    sign_in(client, admin)
    assert decision(asked) in client.get("/organisation/").text
    assert "Frida Founder asks to join Client Ltd" in client.get(decision(asked)).text
    assert client.post(decision(asked), {"role": ""}).status_code == 200
    assert client.post(decision(asked), {"role": "viewer"}).status_code == 302
    assert founder.memberships.get().role == Role.VIEWER
    assert Event.objects.get(verb="join_accepted").detail == {"role": "viewer"}
    assert sorted(email.to[0] for email in deliver()) == [founder.email, admin.email]
    assert decision(asked) not in client.get("/organisation/").text


def test_an_admin_refuses_and_the_person_learns_no_name(client, admin, founder, asked):
    deliver()
    sign_in(client, admin)
    assert client.post(decision(asked, "refuse/")).status_code == 302
    assert not founder.memberships.exists()
    [email] = deliver()
    assert email.to == [founder.email]
    assert "Client Ltd" not in email.subject + email.body + email.alternatives[0].content
    with pytest.raises(Conflict):
        accept(asked, admin)
    assert not founder.memberships.exists()


def test_who_was_refused_is_answered_the_same_and_asks_nobody_for_a_month(client, admin, founder, asked):
    sign_in(client, founder)
    before = client.get(NEW).text
    joining.refuse_request(asked.uuid, by=admin)
    sent = OutboxMessage.objects.count()
    assert client.get(NEW).text.count("data-asked") == before.count("data-asked") == 1
    joining.ask_to_join(by=founder)
    assert OutboxMessage.objects.count() == sent
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        sign_in(client, founder)
        assert f'action="{ASK}"' in client.get(NEW).text
        joining.ask_to_join(by=founder)
    assert OutboxMessage.objects.count() == sent + 1
    assert JoinRequest.objects.get().status == "open"


@pytest.mark.parametrize("make", [people.colleague, people.viewer])
def test_only_an_admin_sees_and_decides(client, admin, founder, asked, make):
    other = make(home(admin), "other@elsewhere.example")
    sign_in(client, other)
    assert decision(asked) not in client.get("/organisation/").text
    for answer in (client.get(decision(asked)), client.post(decision(asked), {"role": "admin"})):
        assert answer.status_code == 403
    assert client.post(decision(asked, "refuse/")).status_code == 403
    for person, refusal in ((other, NotAllowed), (people.stranger(), NotFound), (founder, NotFound)):
        with pytest.raises(refusal):
            accept(asked, person)
        with pytest.raises(refusal):
            joining.refuse_request(asked.uuid, by=person)
    assert not founder.memberships.exists()


def test_who_founded_their_own_meanwhile_is_not_let_in(admin, founder, asked):
    Membership.objects.create(user=founder, organisation=people.organisation("Own"), role=Role.ADMIN)
    with pytest.raises(Conflict):
        accept(asked, admin)
    assert home(founder).name == "Own"
    assert not joining.open_requests([home(admin).pk]).exists()


@pytest.mark.parametrize("since", [{"is_staff": True}, {"is_active": False}])
def test_who_became_staff_or_was_deactivated_meanwhile_is_not_let_in(admin, founder, asked, since):
    User.objects.filter(pk=founder.pk).update(**since)
    assert not joining.open_requests([home(admin).pk]).exists()
    with pytest.raises(Conflict):
        accept(asked, admin)
    assert not founder.memberships.exists()


def test_only_organisations_with_active_confirmed_colleagues_are_asked(admin, founder):
    left = people.partner("left@client.example", "Left Ltd")
    User.objects.filter(pk=left.pk).update(is_active=False)
    unconfirmed = people.partner("unconfirmed@client.example", "Unconfirmed Ltd")
    unconfirmed.emailaddress_set.update(verified=False)
    joining.ask_to_join(by=founder)
    assert JoinRequest.objects.get().organisation == home(admin)


def test_asking_comes_to_an_end(client, admin, founder):
    sign_in(client, founder)
    assert [client.post(ASK).status_code for _ in range(6)] == [302] * 5 + [429]


def test_letting_in_wants_a_recent_sign_in(client, admin, founder, asked):
    with pytest.raises(ReauthenticationNeeded):
        joining.accept_request(asked.uuid, "viewer", by=admin, signed_in_at=None)
    sign_in(client, admin, minutes_ago=16)
    assert client.post(decision(asked), {"role": "viewer"})["Location"].startswith(
        "/accounts/reauthenticate/"
    )
    assert not founder.memberships.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_decide_at_once_one_does(admin, founder, asked):
    second = people.colleague(home(admin), "second@client.example", Role.ADMIN)
    at_once(lambda: accept(asked, admin), lambda: joining.refuse_request(asked.uuid, by=second))
    asked.refresh_from_db()
    assert founder.memberships.exists() == (asked.status == "accepted")
    assert Event.objects.filter(verb__in=("join_accepted", "join_refused")).count() == 1
