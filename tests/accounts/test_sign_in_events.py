"""Who signs in, out or fails is in the audit log; what strangers try is summed up."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from portal.accounts.guessing import ACCOUNT, summarise_due
from portal.audit.models import Event, Outcome
from portal.models import FailedSignIns
from tests.accounts.guessing_steps import WRONG, attempt, guess, known_browser
from tests.support.people import PASSWORD, partner, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = datetime(2026, 5, 4, 10, 20, tzinfo=UTC)


def events(user):
    """Verb, outcome and actor of each event about the user, oldest first."""
    found = Event.objects.filter(stream=user.pseudonym).order_by("pk")
    actors = {str(user.pseudonym): "self"}
    return [(event.verb, str(event.outcome), actors.get(event.actor, event.actor)) for event in found]


def test_signing_in_and_out_leaves_an_event_each(client):
    user = partner()
    attempt(user.email, PASSWORD, client=client)
    client.post("/accounts/logout/")
    assert events(user) == [("signed_in", "done", "self"), ("signed_out", "done", "self")]
    assert Event.objects.get(verb="signed_in").detail == {"methods": ["password"]}


def test_the_page_that_asks_to_sign_out_leaves_none(client):
    user = partner()
    sign_in(client, user).get("/accounts/logout/")
    client.logout()
    client.post("/accounts/logout/")
    assert events(user) == []


def test_signing_out_at_the_desk_leaves_the_same_event(client, lead):
    sign_in(client, lead).post("/admin/logout/")
    assert events(lead) == [("signed_out", "done", "self")]


def test_a_wrong_password_for_an_account_leaves_a_refused_event():
    user = partner()
    attempt(user.email)
    attempt(user.email, client=known_browser(user))
    assert events(user) == [
        ("sign_in", "refused", "system"),
        ("signed_in", "done", "self"),
        ("sign_in", "refused", "system"),
    ]
    assert [event.detail for event in Event.objects.filter(outcome=Outcome.REFUSED).order_by("pk")] == [
        {"from": "account"},
        {"from": "device"},
    ]


def test_a_wrong_password_of_somebody_signed_in_leaves_one_of_theirs(client):
    user = partner()
    sign_in(client, user).post("/accounts/reauthenticate/", {"password": WRONG})
    form = {"oldpassword": WRONG, "password1": "amber-lantern-81", "password2": "amber-lantern-81"}
    client.post("/accounts/password/change/", form)
    assert events(user) == [("password_again", "refused", "self")] * 2


def test_a_new_password_leaves_an_event(client):
    user = partner()
    form = {"oldpassword": PASSWORD, "password1": "amber-lantern-81", "password2": "amber-lantern-81"}
    sign_in(client, user).post("/accounts/password/change/", form)
    assert events(user) == [("password_changed", "done", "self")]


def test_tries_during_a_delay_and_for_unknown_addresses_are_one_event_an_hour():
    user = partner()
    with time_machine.travel(BEGIN, tick=False):
        for _ in range(ACCOUNT.free + 1 + 40):
            guess(user.email)
        for number in range(3):
            guess(f"n{number}@nowhere.example", at="192.0.2.7")
        assert summarise_due() == 0
    assert len(events(user)) == ACCOUNT.free + 1
    with time_machine.travel(BEGIN + timedelta(hours=1), tick=False):
        assert summarise_due() == 1
        assert summarise_due() == 0
    summary = Event.objects.get(verb="sign_ins_failed")
    assert summary.detail == {"delayed": 40, "unknown": 3, "from": "2026-05-04T10:00:00+00:00"}
    assert (summary.actor, summary.moved) == ("system", [])
    assert not FailedSignIns.objects.exists()


def test_no_event_says_what_was_typed():
    for address in (partner().email, "typed@nowhere.example"):
        attempt(address, "my-secret-password")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        summarise_due()
    stored = str(list(Event.objects.values()))
    assert "example" not in stored
    assert "my-secret-password" not in stored


def test_a_form_without_a_password_is_no_try():
    user = partner()
    Client().post("/accounts/login/", {"login": user.email, "password": ""})
    assert events(user) == []
