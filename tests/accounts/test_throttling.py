import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.outbox.models import OutboxMessage
from tests.accounts.mailing import deliver
from tests.support.pages import words
from tests.support.people import partner

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "192.0.2.44"
AFAR = "198.51.100.9"
UNKNOWN = "nobody@client.example"


def ask(email, at=AFAR):
    return Client(REMOTE_ADDR=at).post("/accounts/password/reset/", {"email": email})


def assert_told_when_to_come_back(answer):
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_strangers_requests_leave_the_owners_request_for_a_new_password():
    user = partner()
    for number in range(6):
        assert ask(user.email, at=f"203.0.113.{number}").status_code == 302
    assert ask(user.email, at=HOME)["Location"] == "/accounts/password/reset/done/"


def test_who_asks_again_at_once_gets_one_email():
    user = partner()
    for address in (user.email, user.email.upper()):
        ask(address)
    assert len(deliver()) == 1


def test_a_second_request_is_answered_alike_for_known_and_unknown_addresses():
    answers = []
    ask("first@client.example")
    for address in (partner().email, UNKNOWN):
        ask(address)
        with CaptureQueriesContext(connection) as statements:
            answer = ask(address)
        answers.append((answer.status_code, answer["Location"], words(answer), len(statements)))
    assert answers[0] == answers[1]
    assert OutboxMessage.objects.count() == 3


def test_an_address_that_asks_for_everybody_is_told_when_to_come_back():
    answers = [ask(f"n{number}@client.example") for number in range(21)]
    assert_told_when_to_come_back(answers[-1])
    assert ask("n20@client.example", at=HOME).status_code == 302
