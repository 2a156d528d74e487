"""A link in an email signs its reader in: by POST, once, for fifteen minutes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.guessing import ACCOUNT
from portal.audit.models import Event
from portal.epochs.models import Epoch
from portal.outbox.models import OutboxMessage
from tests.accounts.guessing_steps import attempt, guess
from tests.accounts.mailing import deliver, link_in
from tests.support.pages import words
from tests.support.people import partner, reviewer, sign_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

UNKNOWN = "nobody@client.example"
DEAD = "This link does not work"


def ask(email, client=None, at="192.0.2.44"):
    return (client or Client(REMOTE_ADDR=at)).post("/accounts/login/link/", {"login": email})


@pytest.fixture
def user():
    return partner()


@pytest.fixture
def link(user):
    ask(user.email)
    [email] = deliver()
    assert (email.to, email.subject) == ([user.email], "Your link to sign in")
    return link_in(email)


def is_signed_in(client):
    return client.get("/organisation/").status_code == 200


def test_the_sign_in_page_offers_a_link_for_the_address_that_is_typed(client):
    page = client.get("/accounts/login/").text
    assert 'formaction="/accounts/login/link/"' in page
    answer = client.post("/accounts/login/link/", {"login": partner().email, "password": "whatever"})
    assert answer["Location"] == "/accounts/login/link/sent/"
    assert "works once, for 15 minutes" in client.get(answer["Location"]).text


def test_a_press_on_the_page_of_the_link_signs_in(client, user, link):
    assert user.email in client.get(link).text
    assert not is_signed_in(client)
    assert client.post(link)["Location"] == "/registrations/"
    assert is_signed_in(client)
    event = Event.objects.get(verb="signed_in")
    assert (event.stream, event.detail) == (user.pseudonym, {"methods": ["link"]})


def test_opening_the_link_changes_nothing(client, user, link):
    for _ in range(3):
        client.get(link)
        client.head(link)
    user.refresh_from_db()
    assert user.last_login is None
    assert not is_signed_in(client)
    assert client.post(link).status_code == 302


def test_it_counts_as_a_recent_sign_in(client, link):
    client.post(link)
    assert client.get("/accounts/reauthenticate/").status_code == 200
    methods = [one["method"] for one in client.session["account_authentication_methods"]]
    assert methods == ["link"]


def test_the_link_works_once(client, link):
    client.post(link)
    assert DEAD in Client().post(link).text
    assert DEAD in Client().get(link).text


def test_of_twenty_presses_at_once_one_signs_in(link):
    answers = at_once(*[lambda: Client().post(link).status_code] * 20)
    assert sorted(answers) == [200] * 19 + [302]
    assert Event.objects.filter(verb="signed_in").count() == 1


@pytest.mark.parametrize("minutes", [14, 16])
def test_the_link_works_for_fifteen_minutes(client, link, minutes):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        assert client.post(link).status_code == (302 if minutes < 15 else 200)
    assert is_signed_in(client) is (minutes < 15)


def test_a_new_password_a_sign_in_and_a_restore_end_the_link(client):
    def new_password(user):
        user.set_password("amber-lantern-81")
        user.save()

    def later_sign_in(user):
        sign_in(Client(), user)

    def restore(user):
        Epoch.objects.create()

    for number, end in enumerate((new_password, later_sign_in, restore)):
        user = partner(f"p{number}@client.example", f"Client {number}")
        ask(user.email)
        [email] = deliver()
        end(user)
        assert DEAD in client.post(link_in(email)).text


def test_a_link_is_no_link_to_a_new_password_and_the_other_way_round(client, user, link):
    uid, token = link.strip("/").rsplit("/", 1)[1].split("-", 1)
    page = client.get(f"/accounts/password/reset/key/{uid}-{token}/", follow=True)
    assert DEAD in page.text
    client.post("/accounts/password/reset/", {"email": user.email})
    [email] = deliver()
    token = link_in(email).strip("/").rsplit("/", 1)[1]
    assert DEAD in client.post(f"/accounts/login/link/{token}/").text


def test_the_link_of_one_account_opens_no_other(client, link):
    stranger = partner("stranger@other.example", "Other Inc")
    _, token = link.strip("/").rsplit("/", 1)[1].split("-", 1)
    assert DEAD in client.post(f"/accounts/login/link/{stranger.pk}-{token}/").text


def test_the_link_works_while_guesses_are_delayed(client, user, link):
    for _ in range(ACCOUNT.free + 3):
        guess(user.email)
    assert attempt(user.email).status_code == 429
    assert client.post(link).status_code == 302


def test_whoever_is_delayed_is_offered_a_link(user):
    for _ in range(ACCOUNT.free + 1):
        guess(user.email)
    assert 'href="/accounts/login/link/"' in attempt(user.email).text


def test_a_deactivated_account_gets_no_link_and_cannot_use_one(client, user, link):
    type(user).objects.update(is_active=False)
    assert DEAD in client.post(link).text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        ask(user.email)
        assert [email.subject for email in deliver()] == ["There is no account for this address"]


def test_an_unconfirmed_address_is_confirmed_first(user):
    """Somebody else may have chosen its password, which the confirmation ends."""
    EmailAddress.objects.update(verified=False)
    ask(user.email)
    assert [email.subject for email in deliver()] == ["Confirm your email address"]


def test_staff_come_to_the_desk(client):
    ask(reviewer().email)
    assert client.post(link_in(deliver()[0]))["Location"] == "/admin/"


def test_asking_is_answered_alike_for_known_and_unknown_addresses(user):
    answers = []
    for address in (user.email, UNKNOWN):
        browser = Client(REMOTE_ADDR="192.0.2.7")
        with CaptureQueriesContext(connection) as made:
            answer = ask(address, browser)
        page = browser.get(answer["Location"])
        answers.append((answer.status_code, answer["Location"], words(page), len(made)))
    assert answers[0] == answers[1]
    assert sorted(email.subject for email in deliver()) == [
        "There is no account for this address",
        "Your link to sign in",
    ]


def test_the_outbox_holds_no_token(user):
    ask(user.email.upper())
    assert OutboxMessage.objects.get().ids == {"user": user.pk}


def test_who_asks_again_at_once_gets_one_email(user):
    assert [ask(user.email)["Location"] for _ in range(2)] == ["/accounts/login/link/sent/"] * 2
    assert len(deliver()) == 1


def test_a_network_that_asks_for_everybody_is_told_when_to_come_back():
    answers = [ask(f"n{number}@client.example") for number in range(31)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("typed", ["", "x", "a@b\x00.example"])
def test_what_is_no_address_is_said_beside_its_field(client, typed):
    answer = client.post("/accounts/login/link/", {"login": typed})
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.text
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("key", ["zzz-nothing", "1-a-b", "zzzzzzzzzzzzzzzzzzzz-1-2"])
def test_a_forged_link_does_not_work(client, key):
    assert DEAD in client.post(f"/accounts/login/link/{key}/").text
