import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.limits import PASSWORD_AGAIN, SIGN_IN, SIGN_IN_ANY
from portal.outbox.models import OutboxMessage
from tests.accounts.mailing import deliver
from tests.support.limits import use_up
from tests.support.pages import words
from tests.support.people import PASSWORD, partner, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

WRONG = "wrong-password-1"
HOME = "192.0.2.44"
AFAR = "198.51.100.9"
UNKNOWN = "nobody@client.example"


def attempt(email, password=WRONG, at=AFAR):
    return Client(REMOTE_ADDR=at).post("/accounts/login/", {"login": email, "password": password})


def again(client, password):
    return client.post("/accounts/reauthenticate/?next=/organisation/", {"password": password})


def change(client, old):
    form = {"oldpassword": old, "password1": "amber-lantern-81", "password2": "amber-lantern-81"}
    return client.post("/accounts/password/change/", form)


def ask(email, at=AFAR):
    return Client(REMOTE_ADDR=at).post("/accounts/password/reset/", {"email": email})


def assert_told_when_to_come_back(answer):
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.fixture
def attacked():
    """An account at which a stranger guessed until no more was allowed."""
    user = partner()
    assert attempt(user.email).status_code == 200
    for _ in range(SIGN_IN.allowed - 1):
        attempt(user.email)
    return user


def test_who_guesses_is_told_when_to_come_back(attacked):
    assert_told_when_to_come_back(attempt(attacked.email))


def test_a_strangers_guesses_leave_the_owners_sign_in(attacked):
    assert attempt(attacked.email, PASSWORD, at=HOME)["Location"] == "/registrations/"


def test_a_strangers_guesses_leave_the_owners_typing_the_password_again(attacked):
    home = sign_in(Client(REMOTE_ADDR=HOME), attacked, minutes_ago=16)
    assert again(home, PASSWORD)["Location"] == "/organisation/"


def test_guesses_from_many_addresses_leave_the_owners_sign_in():
    user = partner()
    for number in range(60):
        assert attempt(user.email, at=f"203.0.113.{number}").status_code == 200
    assert attempt(user.email, PASSWORD, at=HOME)["Location"] == "/registrations/"


def test_guesses_across_accounts_are_counted_for_the_address():
    use_up(SIGN_IN_ANY, AFAR)
    assert_told_when_to_come_back(attempt("yet-another@client.example"))
    assert attempt("yet-another@client.example", at=HOME).status_code == 200


def test_the_addresses_of_one_network_count_as_one():
    use_up(SIGN_IN_ANY, "2001:db8:1:2::/64")
    assert_told_when_to_come_back(attempt(UNKNOWN, at="2001:db8:1:2:ffff::7"))
    assert attempt(UNKNOWN, at="2001:db8:1:3::7").status_code == 200


def test_an_address_of_four_bytes_is_the_same_in_sixteen():
    use_up(SIGN_IN_ANY, AFAR)
    assert_told_when_to_come_back(attempt(UNKNOWN, at=f"::ffff:{AFAR}"))
    assert attempt(UNKNOWN, at=f"::ffff:{HOME}").status_code == 200


@pytest.mark.parametrize("page", [again, change])
def test_guesses_of_somebody_signed_in_come_to_an_end(client, page):
    user = partner()
    sign_in(client, user)
    assert page(client, WRONG).status_code == 200
    for _ in range(PASSWORD_AGAIN.allowed - 1):
        page(client, WRONG)
    assert_told_when_to_come_back(page(client, PASSWORD))
    assert attempt(user.email, PASSWORD, at=HOME).status_code == 302


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
